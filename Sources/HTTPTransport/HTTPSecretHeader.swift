package import SecretMemory

/// A request header whose value is a secret, kept in guarded memory as the finished header line; usable for many requests.
///
/// libcurl takes header lines only as heap strings. For each request the line is copied into libcurl's header list, which this module
/// wipes before it frees it, and by libcurl into the request head it sends (freed when the head is sent, for https through its upload
/// buffer, freed when the transfer ends). Those two copies are wiped by the executable's `free`, and only there: under another
/// program, a test for instance, they stay in freed memory. Over http the kernel's socket buffer holds the line too.
package final class HTTPSecretHeader: Sendable {
    /// The header's name, as it is sent.
    package let name: String
    // "Name: prefix value" and the zero byte C strings end with.
    private let line: SecretBytes

    /// Builds the line from `prefix` and `value`, which is borrowed and stays the caller's.
    /// - Parameters:
    ///   - name: as for any header of a request.
    ///   - prefix: goes before the value, visible ASCII and spaces, at most 64 bytes; `"Bearer "` for instance.
    ///   - value: 1 to 16 384 bytes of visible ASCII.
    /// - Throws: `.invalidRequest`.
    package init(name: String, prefix: String = "", value: borrowing SecretBytes) throws(HTTPTransportError) {
        try HTTPCharacters.checkHeaderName(name)
        guard prefix.utf8.count <= 64, prefix.utf8.allSatisfy({ HTTPCharacters.isVisible($0) || $0 == 32 }) else {
            throw .invalidRequest(reason: "the prefix of header \(name) holds a control or non-ASCII character")
        }
        let start = Array("\(name): \(prefix)".utf8)
        guard value.count <= 16_384 else { throw .invalidRequest(reason: "the value of header \(name) is longer than 16384 bytes") }
        self.name = name
        self.line = try value.withBytes { bytes throws(HTTPTransportError) in
            try SecretBytes(count: start.count + bytes.byteCount + 1) { target throws(HTTPTransportError) in
                for (offset, byte) in start.enumerated() { target.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self) }
                for offset in 0..<bytes.byteCount {
                    let byte = unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
                    guard HTTPCharacters.isVisible(byte) else {
                        throw .invalidRequest(reason: "the value of header \(name) holds a space, control or non-ASCII character")
                    }
                    target.storeBytes(of: byte, toByteOffset: start.count + offset, as: UInt8.self)
                }
            }
        }
    }

    /// `Authorization: Bearer TOKEN`; `token` is borrowed. Throws as the initializer.
    package static func bearer(_ token: borrowing SecretBytes) throws(HTTPTransportError) -> HTTPSecretHeader {
        try HTTPSecretHeader(name: "Authorization", prefix: "Bearer ", value: token)
    }

    /// Lends the line with its final zero byte.
    func withLine<R>(_ body: (RawSpan) throws(HTTPTransportError) -> R) throws(HTTPTransportError) -> R {
        try line.withBytes(body)
    }
}
