/// The canonical bytes of one context: what a signature, seal, wrap or ciphertext is bound to (FORMAT section 1).
/// A value exists only for fields that passed their checks.
package struct ContextBytes: Hashable, Sendable {
    /// Most bytes a context may have.
    package static let maximumCount = 65_536

    /// Which context it is.
    package let kind: ContextKind
    /// Label, then the fields; at most 65 536 bytes.
    package let bytes: [UInt8]

    /// The purpose label.
    package var label: String { kind.label }

    /// HPKE's `info`: `u8 length ‖ label`, the start of the context.
    package var hpkeInfo: [UInt8] { Array(bytes.prefix(1 + kind.label.utf8.count)) }

    /// Parses bytes from outside; what is accepted encodes to the same bytes again.
    /// - Throws: as ``ContextReader``.
    package init(parsing bytes: [UInt8], kind: ContextKind) throws(EnvelopeError) {
        _ = try ContextReader(bytes, kind: kind)
        self.init(kind: kind, checked: bytes)
    }

    /// Encodes fields, given in the context's own order.
    /// - Throws: `.malformed` for a field that is missing, foreign or not in its form; `.tooLarge` above 65 536 bytes.
    init(_ kind: ContextKind, _ fields: [ContextField]) throws(EnvelopeError) {
        var writer = ContextWriter(kind)
        for field in fields { try writer.add(field) }
        self = try writer.finish()
    }

    init(kind: ContextKind, checked bytes: [UInt8]) {
        self.kind = kind
        self.bytes = bytes
    }
}
