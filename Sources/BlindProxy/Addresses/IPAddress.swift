internal import Glibc

/// An IPv4 or IPv6 address as a number.
package enum IPAddress: Hashable, Sendable, CustomStringConvertible {
    case v4(UInt32)
    /// The first and the last eight bytes.
    case v6(UInt64, UInt64)

    /// Reads dotted decimal or any IPv6 text form, without brackets and zone; `nil` for anything else.
    package init?(_ text: String) {
        var bytes = [UInt8](repeating: 0, count: 16)
        if unsafe inet_pton(AF_INET, text, &bytes) == 1 {
            bytes.removeLast(12)
        } else if unsafe inet_pton(AF_INET6, text, &bytes) != 1 {
            return nil
        }
        guard let address = unsafe bytes.withUnsafeBytes({ unsafe Self(bytes: $0) }) else { return nil }
        self = address
    }

    /// Reads 4 or 16 bytes in network order; `nil` for another number.
    init?(bytes: UnsafeRawBufferPointer) {
        switch bytes.count {
        case 4: self = unsafe .v4(UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self)))
        case 16:
            self = unsafe .v6(
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        default: return nil
        }
    }

    var isIPv4: Bool { if case .v4 = self { true } else { false } }

    /// The IPv4 address that an IPv6 address carries and a host or gateway may turn it into: mapped, compatible, translated, NAT64
    /// (RFC 6052, also the local prefix of RFC 8215), 6to4 (RFC 3056); `nil` where it carries none.
    package var embedded: IPAddress? {
        guard case .v6(let high, let low) = self else { return nil }
        let last = IPAddress.v4(UInt32(truncatingIfNeeded: low))
        switch (high, low >> 32) {
        case (0, 0x0000_ffff), (0, 0xffff_0000): return last
        case (0, 0): return low > 1 ? last : nil
        case (0x0064_ff9b_0000_0000, 0): return last
        default: break
        }
        if high >> 16 == 0x0064_ff9b_0001 { return last }
        if high >> 48 == 0x2002 { return .v4(UInt32(truncatingIfNeeded: high >> 16)) }
        return nil
    }

    package var description: String {
        switch self {
        case .v4(let number): return (0..<4).map { String(number >> (24 - 8 * $0) & 255) }.joined(separator: ".")
        case .v6(let high, let low):
            return (0..<8).map { String(($0 < 4 ? high : low) >> UInt64(48 - 16 * ($0 % 4)) & 0xffff, radix: 16) }.joined(separator: ":")
        }
    }
}
