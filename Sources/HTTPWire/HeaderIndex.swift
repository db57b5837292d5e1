/// The header fields of one head, in the order sent. Kept and reused from head to head, so that it allocates once.
package struct HeaderIndex: Sendable {
    /// Every field.
    package private(set) var fields: [HeaderField] = []
    /// The names that occur.
    package private(set) var present = HeaderNameSet()
    /// The names that occur more than once (for families: any two members).
    package private(set) var repeated = HeaderNameSet()

    /// An index with room for 32 fields.
    package init() { fields.reserveCapacity(32) }

    /// The first field of this name.
    package func first(_ name: HeaderName) -> HeaderField? {
        guard present.contains(name) else { return nil }
        for field in fields where field.kind == name { return field }
        return nil
    }

    /// The first field of a name that has no case of its own.
    /// - Parameters:
    ///   - lowercase: the name in lower case.
    ///   - bytes: the bytes the head was parsed from.
    package func first(named lowercase: StaticString, in bytes: Span<UInt8>) -> HeaderField? {
        for field in fields where bytes.equals(field.name, lowercase: lowercase) { return field }
        return nil
    }

    mutating func removeAll() {
        fields.removeAll(keepingCapacity: true)
        present = HeaderNameSet()
        repeated = HeaderNameSet()
    }

    @inline(__always)
    mutating func append(_ field: HeaderField) {
        fields.append(field)
        guard field.kind != .other else { return }
        let bit = HeaderNameSet(field.kind)
        repeated.formUnion(present.intersection(bit))
        present.formUnion(bit)
    }

    /// Marks every field whose name is the token at `option` as ending at this hop.
    /// - Throws: `.badConnectionOption` when that is a field the message cannot be read without.
    mutating func nominate(_ option: ByteRange, in bytes: Span<UInt8>) throws(HTTPWireError) {
        switch HeaderName.classify(bytes, at: option.lowerBound, count: option.count) {
        case .host, .contentLength, .transferEncoding, .contentEncoding, .contentType: throw .badConnectionOption
        default: break
        }
        for index in fields.indices where bytes.equalsIgnoringCase(fields[index].name, option) { fields[index].isNominated = true }
    }
}
