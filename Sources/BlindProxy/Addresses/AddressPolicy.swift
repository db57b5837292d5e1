/// Decides which checked address may be dialled. The name was resolved once; what is judged here is what is dialled.
package struct AddressPolicy: Sendable {
    package enum Verdict: Sendable, Equatable {
        case allowed
        /// Private, loopback, link-local, translated or otherwise not of the public internet.
        case refusedPrivate
        /// A cloud's metadata service, the unspecified address, multicast, or a listener of our own.
        case refusedAlways
    }

    private let privateBlocks: [CIDR]
    private let own: OwnListeners

    /// - Parameters:
    ///   - privateBlocks: the operator's `--private-destinations`.
    ///   - own: every listener of this process.
    package init(privateBlocks: [CIDR], own: OwnListeners) {
        self.privateBlocks = privateBlocks
        self.own = own
    }

    /// - Parameter allowsPrivate: the key's flag; without the operator's block it opens nothing.
    package func judge(_ address: IPAddress, port: Int, allowsPrivate: Bool) -> Verdict {
        for candidate in [address, address.embedded].compactMap(\.self) {
            if Self.never.contains(where: { $0.contains(candidate) }) { return .refusedAlways }
            if own.contains(candidate, port: port) { return .refusedAlways }
        }
        guard Self.isSpecial(address) else { return .allowed }
        guard allowsPrivate else { return .refusedPrivate }
        let isNamed = privateBlocks.contains { block in
            block.contains(address) || address.embedded.map { block.contains($0) } ?? false
        }
        return isNamed ? .allowed : .refusedPrivate
    }

    /// Whether an address is not one of the public internet (IANA special-purpose registries, RFC 6890).
    static func isSpecial(_ address: IPAddress) -> Bool {
        switch address {
        case .v4: specialV4.contains { $0.contains(address) }
        case .v6: !globalV6.contains(address) || specialV6.contains { $0.contains(address) }
        }
    }

    private static func v4(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ bits: Int) -> CIDR {
        CIDR(.v4(a << 24 | b << 16 | c << 8 | d), bits)
    }

    /// Refused whatever the flags say.
    private static let never: [CIDR] = [
        v4(0, 0, 0, 0, 8),  // this host
        v4(224, 0, 0, 0, 4),  // multicast
        v4(255, 255, 255, 255, 32),
        v4(169, 254, 169, 253, 32), v4(169, 254, 169, 254, 32),  // AWS, Google, Azure, Oracle, DigitalOcean …
        v4(169, 254, 170, 2, 32), v4(169, 254, 170, 23, 32),  // AWS task and pod credentials
        v4(100, 100, 100, 200, 32),  // Alibaba
        v4(192, 0, 0, 192, 32),  // Oracle
        v4(168, 63, 129, 16, 32),  // Azure's host channel, a public address
        CIDR(.v6(0, 0), 128),
        CIDR(.v6(0xff00_0000_0000_0000, 0), 8),
        CIDR(.v6(0xfd00_0ec2_0000_0000, 0), 32),  // AWS over IPv6: metadata, DNS, time
        CIDR(.v6(0xfd20_00ce_0000_0000, 0x254), 128),  // Google over IPv6
        CIDR(.v6(0xfe80_0000_0000_0000, 0xa9fe_a9fe), 128),
    ]

    private static let specialV4: [CIDR] = [
        v4(0, 0, 0, 0, 8), v4(10, 0, 0, 0, 8), v4(100, 64, 0, 0, 10), v4(127, 0, 0, 0, 8), v4(169, 254, 0, 0, 16),
        v4(172, 16, 0, 0, 12), v4(192, 0, 0, 0, 24), v4(192, 0, 2, 0, 24), v4(192, 88, 99, 0, 24), v4(192, 168, 0, 0, 16),
        v4(198, 18, 0, 0, 15), v4(198, 51, 100, 0, 24), v4(203, 0, 113, 0, 24), v4(224, 0, 0, 0, 4), v4(240, 0, 0, 0, 4),
    ]

    /// The only block IANA has given out for the public internet.
    private static let globalV6 = CIDR(.v6(0x2000_0000_0000_0000, 0), 3)

    private static let specialV6: [CIDR] = [
        CIDR(.v6(0x2001_0000_0000_0000, 0), 23),  // Teredo, ORCHID, benchmarking
        CIDR(.v6(0x2001_0db8_0000_0000, 0), 32),  // documentation
        CIDR(.v6(0x2002_0000_0000_0000, 0), 16),  // 6to4
        CIDR(.v6(0x3fff_0000_0000_0000, 0), 20),  // documentation
    ]
}
