package import Model

/// Reads one context strictly: the expected label, exactly its fields in order, every value in its form, nothing after them.
/// What it accepts encodes to the same bytes again (FORMAT section 1).
package struct ContextReader: Sendable {
    private let kind: ContextKind
    private let values: [[UInt8]]

    /// - Throws: `.tooLarge` above 65 536 bytes, before anything is taken apart; `.malformed` naming what is wrong.
    package init(_ bytes: [UInt8], kind: ContextKind) throws(EnvelopeError) {
        guard bytes.count <= ContextBytes.maximumCount else { throw .tooLarge(kind.label) }
        var reader = ByteReader(bytes, of: kind.label)
        let labelCount = Int(try reader.integer(UInt8.self))
        guard try reader.take(labelCount) == Array(kind.label.utf8) else { throw .malformed("not \(kind.label)") }
        var values: [[UInt8]] = []
        for tag in kind.tags {
            guard try reader.integer(UInt8.self) == tag.rawValue else { throw .malformed("field \(tag) expected in \(kind.label)") }
            // A count that does not fit in what is left is refused by `take` before anything is allocated.
            let value = try reader.take(Int(try reader.integer(UInt32.self)))
            try tag.check(value)
            values.append(value)
        }
        try reader.finish()
        self.kind = kind
        self.values = values
    }

    /// The bytes of a field.
    /// - Throws: `.malformed` where this kind of context has no such field.
    package func bytes(_ tag: FieldTag) throws(EnvelopeError) -> [UInt8] {
        guard let index = kind.tags.firstIndex(of: tag) else { throw .malformed("\(kind.label) has no field \(tag)") }
        return values[index]
    }

    /// The same as a `Blob`.
    package func blob(_ tag: FieldTag) throws(EnvelopeError) -> Blob { Blob(try bytes(tag)) }

    /// An id of 16 bytes.
    package func id<ID: Identifier>(_ tag: FieldTag, as type: ID.Type = ID.self) throws(EnvelopeError) -> ID {
        guard let id = ID(bytes: try bytes(tag)) else { throw .malformed("field \(tag)") }
        return id
    }

    /// A big-endian integer.
    package func integer<T: FixedWidthInteger & UnsignedInteger>(_ tag: FieldTag, as type: T.Type = T.self) throws(EnvelopeError) -> T {
        var reader = ByteReader(try bytes(tag), of: "field \(tag)")
        let value = try reader.integer(T.self)
        try reader.finish()
        return value
    }

    /// UTF-8 text.
    package func text(_ tag: FieldTag) throws(EnvelopeError) -> String {
        guard let text = String(validating: try bytes(tag), as: UTF8.self) else { throw .malformed("field \(tag)") }
        return text
    }

    /// The texts of a list.
    package func texts(_ tag: FieldTag) throws(EnvelopeError) -> [String] {
        try FieldList.decodeTexts(try bytes(tag))
    }
}
