/// Writes one context, field by field in the order of its tags.
struct ContextWriter {
    private let kind: ContextKind
    private var remaining: ArraySlice<FieldTag>
    private var bytes: [UInt8]

    init(_ kind: ContextKind) {
        self.kind = kind
        remaining = kind.tags[...]
        bytes = [UInt8(truncatingIfNeeded: kind.label.utf8.count)] + kind.label.utf8
    }

    /// Appends the next field.
    /// - Throws: `.malformed` where it is not the one that comes next, or not in its form; `.tooLarge` once the context is.
    mutating func add(_ field: ContextField) throws(EnvelopeError) {
        guard remaining.popFirst() == field.tag else { throw .malformed("field \(field.tag) in \(kind.label)") }
        guard field.value.count <= ContextBytes.maximumCount - 5 - bytes.count else { throw .tooLarge(kind.label) }
        try field.tag.check(field.value)
        bytes += field.encoded
    }

    /// The context, once every field is there.
    /// - Throws: `.malformed` naming the first one missing.
    func finish() throws(EnvelopeError) -> ContextBytes {
        if let missing = remaining.first { throw .malformed("field \(missing) missing in \(kind.label)") }
        return ContextBytes(kind: kind, checked: bytes)
    }
}
