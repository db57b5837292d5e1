/// A block of addresses, as in `--private-destinations 10.0.0.0/8,fd00::/8`.
package struct CIDR: Hashable, Sendable, CustomStringConvertible {
    private let base: IPAddress
    private let bits: Int

    /// Reads `address/bits`, or one address.
    /// - Throws: `CIDRError` where it is neither, or bits behind the prefix are set (a sign that another block was meant).
    package init(_ text: String) throws(CIDRError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let first = parts.first, let address = IPAddress(first) else { throw CIDRError(text: text) }
        let width = if case .v4 = address { 32 } else { 128 }
        let bits = parts.count == 2 ? Int(parts[1]) : width
        guard let bits, (0...width).contains(bits), parts.count == 1 || String(bits) == parts[1] else { throw CIDRError(text: text) }
        base = address
        self.bits = bits
        guard Self.masked(address, bits) == address else { throw CIDRError(text: text) }
    }

    /// For the tables of this module.
    init(_ base: IPAddress, _ bits: Int) {
        self.base = base
        self.bits = bits
    }

    /// Whether `address` lies in the block; a block of one family holds no address of the other.
    package func contains(_ address: IPAddress) -> Bool {
        switch (base, address) {
        case (.v4, .v4), (.v6, .v6): Self.masked(address, bits) == base
        default: false
        }
    }

    package var description: String { "\(base)/\(bits)" }

    private static func masked(_ address: IPAddress, _ bits: Int) -> IPAddress {
        switch address {
        case .v4(let number): .v4(bits == 0 ? 0 : number & ~0 << UInt32(32 - bits))
        case .v6(let high, let low):
            bits <= 64
                ? .v6(bits == 0 ? 0 : high & ~0 << UInt64(64 - bits), 0)
                : .v6(high, low & ~0 << UInt64(128 - bits))
        }
    }
}

/// A text that names no block of addresses.
package struct CIDRError: Error, Equatable, CustomStringConvertible {
    package let text: String
    package var description: String { "\(text) is not a block of addresses such as 10.0.0.0/8 or fd00::/8" }
}
