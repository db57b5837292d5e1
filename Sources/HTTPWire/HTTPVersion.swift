/// The versions a head may carry.
package enum HTTPVersion: Sendable, Equatable {
    /// Read, answered, and closed after one message: no keep-alive, no transfer codings.
    case http10
    case http11

    /// The version in the eight bytes at `offset`, which the caller knows to exist. RFC 9112 section 2.3; case-sensitive.
    /// - Throws: `.unsupportedVersion` for another well-formed version, `.badVersion` for anything else.
    @inline(__always)
    init(_ bytes: Span<UInt8>, at offset: Int) throws(HTTPWireError) {
        // "HTTP/1.0" and "HTTP/1.1" with the first letter in the lowest byte.
        switch bytes.word(at: offset) {
        case 0x312e_312f_5054_5448: self = .http11
        case 0x302e_312f_5054_5448: self = .http10
        case let word:
            let name = word & 0xff_ffff_ffff == 0x2f_5054_5448 && bytes[offset &+ 6] == ASCII.dot
            throw name && ASCII.isDigit(bytes[offset &+ 5]) && ASCII.isDigit(bytes[offset &+ 7]) ? .unsupportedVersion : .badVersion
        }
    }
}
