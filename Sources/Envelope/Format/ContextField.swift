import Model

/// A tag and the bytes of its value, on the way into a context.
struct ContextField: Hashable {
    let tag: FieldTag
    let value: [UInt8]

    init(_ tag: FieldTag, _ value: [UInt8]) {
        self.tag = tag
        self.value = value
    }

    /// `u8 tag ‖ u32 length ‖ value`.
    var encoded: [UInt8] { [tag.rawValue] + bigEndianBytes(UInt32(value.count)) + value }

    init(_ tag: FieldTag, _ value: Blob) { self.init(tag, value.bytes) }
    init(_ tag: FieldTag, _ value: some Identifier) { self.init(tag, value.bytes) }
    init(_ tag: FieldTag, _ value: some FixedWidthInteger & UnsignedInteger) { self.init(tag, bigEndianBytes(value)) }
    init(_ tag: FieldTag, text: String) { self.init(tag, Array(text.utf8)) }
}

/// Most significant byte first, as wide as the type.
func bigEndianBytes(_ value: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
    stride(from: value.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
}
