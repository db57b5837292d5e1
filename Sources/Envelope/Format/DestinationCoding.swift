package import Model

/// The bytes of a destination inside contexts (FORMAT section 3).
package enum DestinationCoding {
    /// Most bytes a destination may have.
    package static let maximumCount = 8192

    /// - Throws: `.tooLarge` above 8 192 bytes.
    package static func encode(_ destination: Destination) throws(EnvelopeError) -> [UInt8] {
        let flags: UInt8 = (destination.allowsPrivateAddresses ? 1 : 0) | (destination.allowsPlaintext ? 2 : 0)
        var bytes = [destination.scheme.rawValue, flags] + bigEndianBytes(destination.port)
        for text in [destination.host.text, destination.basePath?.text ?? ""] {
            guard let count = UInt16(exactly: text.utf8.count) else { throw .tooLarge("destination") }
            bytes += bigEndianBytes(count) + text.utf8
        }
        bytes += try FieldList.encode(texts: destination.allowedPrefixes.map(\.text))
        bytes += try FieldList.encode(texts: destination.deniedPrefixes.map(\.text))
        guard bytes.count <= maximumCount else { throw .tooLarge("destination") }
        return bytes
    }

    /// Decodes what `encode` made, and nothing else: host, paths and prefixes must be in their canonical form.
    /// - Throws: `.tooLarge`, `.malformed`.
    package static func decode(_ bytes: [UInt8]) throws(EnvelopeError) -> Destination {
        guard bytes.count <= maximumCount else { throw .tooLarge("destination") }
        var reader = ByteReader(bytes, of: "destination")
        guard let scheme = Destination.Scheme(rawValue: try reader.integer()) else { throw .malformed("destination scheme") }
        let flags = try reader.integer(UInt8.self)
        let port = try reader.integer(UInt16.self)
        let host = try reader.text(Int(try reader.integer(UInt16.self)))
        let basePath = try reader.text(Int(try reader.integer(UInt16.self)))
        let allowed = try prefixes(&reader)
        let denied = try prefixes(&reader)
        try reader.finish()
        let destination: Destination
        do throws(ModelError) {
            destination = try Destination(
                scheme: scheme, host: HostName(host), port: port, basePath: basePath.isEmpty ? nil : PathPrefix(basePath),
                allowedPrefixes: allowed, deniedPrefixes: denied, allowsPrivateAddresses: flags & 1 != 0,
                allowsPlaintext: flags & 2 != 0)
        } catch {
            throw .malformed("destination")
        }
        guard try encode(destination) == bytes else { throw .malformed("destination that is not in canonical form") }
        return destination
    }

    private static func prefixes(_ reader: inout ByteReader) throws(EnvelopeError) -> [PathPrefix] {
        var prefixes: [PathPrefix] = []
        for item in try FieldList.decode(from: &reader) {
            guard let text = String(validating: item, as: UTF8.self), let prefix = try? PathPrefix(text) else {
                throw .malformed("destination prefix")
            }
            prefixes.append(prefix)
        }
        return prefixes
    }
}
