/// A set inside a value: `u16 count ‖ (u16 length ‖ bytes)*`, ascending by bytes, no duplicates, at most 256 items (FORMAT section 1).
enum FieldList {
    static let maximumCount = 256

    /// - Throws: `.tooLarge` for more than 256 items or an item above 65 535 bytes; `.malformed` for two equal ones.
    static func encode(_ items: [[UInt8]]) throws(EnvelopeError) -> [UInt8] {
        guard items.count <= maximumCount, items.allSatisfy({ $0.count <= UInt16.max }) else { throw .tooLarge("list") }
        let sorted = items.sorted { $0.lexicographicallyPrecedes($1) }
        try requireAscending(sorted)
        return sorted.reduce(into: bigEndianBytes(UInt16(sorted.count))) { bytes, item in
            bytes += bigEndianBytes(UInt16(item.count)) + item
        }
    }

    static func encode(texts: [String]) throws(EnvelopeError) -> [UInt8] {
        try encode(texts.map { Array($0.utf8) })
    }

    /// Decodes a list that is the whole value.
    static func decode(_ value: [UInt8]) throws(EnvelopeError) -> [[UInt8]] {
        var reader = ByteReader(value, of: "list")
        let items = try decode(from: &reader)
        try reader.finish()
        return items
    }

    /// Decodes a list that stands among other things.
    static func decode(from reader: inout ByteReader) throws(EnvelopeError) -> [[UInt8]] {
        let count = Int(try reader.integer(UInt16.self))
        guard count <= maximumCount else { throw .tooLarge("list") }
        var items: [[UInt8]] = []
        for _ in 0..<count {
            items.append(try reader.take(Int(try reader.integer(UInt16.self))))
        }
        try requireAscending(items)
        return items
    }

    static func decodeTexts(_ value: [UInt8]) throws(EnvelopeError) -> [String] {
        var texts: [String] = []
        for item in try decode(value) {
            guard let text = String(validating: item, as: UTF8.self) else { throw .malformed("list item that is not UTF-8") }
            texts.append(text)
        }
        return texts
    }

    private static func requireAscending(_ items: [[UInt8]]) throws(EnvelopeError) {
        guard zip(items, items.dropFirst()).allSatisfy({ $0.lexicographicallyPrecedes($1) }) else {
            throw .malformed("list that is not ascending without duplicates")
        }
    }
}
