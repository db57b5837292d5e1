package import Model

/// The bytes of an injection inside contexts (FORMAT section 4).
package enum InjectionCoding {
    /// - Throws: `.malformed` for a value that does not pass its own validation.
    package static func encode(_ injection: Injection) throws(EnvelopeError) -> [UInt8] {
        // Validation bounds every text below 65 536 bytes, and names to 64.
        guard (try? injection.validated()) != nil else { throw .malformed("injection") }
        switch injection {
        case .header(let name, let prefix, let suffix):
            return [1, UInt8(truncatingIfNeeded: name.utf8.count)] + name.utf8 + long(prefix) + long(suffix)
        case .query(let name):
            return [2, UInt8(truncatingIfNeeded: name.utf8.count)] + name.utf8
        case .basic(let user):
            return [3] + long(user)
        }
    }

    /// Decodes what `encode` made, and nothing else.
    /// - Throws: `.malformed`, also for kinds this version does not know.
    package static func decode(_ bytes: [UInt8]) throws(EnvelopeError) -> Injection {
        var reader = ByteReader(bytes, of: "injection")
        let injection: Injection
        switch try reader.integer(UInt8.self) {
        case 1:
            injection = .header(
                name: try reader.text(Int(try reader.integer(UInt8.self))), prefix: try longText(&reader), suffix: try longText(&reader))
        case 2: injection = .query(name: try reader.text(Int(try reader.integer(UInt8.self))))
        case 3: injection = .basic(user: try longText(&reader))
        default: throw .malformed("injection kind")
        }
        try reader.finish()
        guard try encode(injection) == bytes else { throw .malformed("injection that is not in canonical form") }
        return injection
    }

    private static func long(_ text: String) -> [UInt8] {
        bigEndianBytes(UInt16(truncatingIfNeeded: text.utf8.count)) + text.utf8
    }

    private static func longText(_ reader: inout ByteReader) throws(EnvelopeError) -> String {
        try reader.text(Int(try reader.integer(UInt16.self)))
    }
}
