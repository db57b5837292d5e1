import Testing

@testable import BlindProxy

@Suite struct AddressPolicyTests {
    private func policy(_ blocks: [String] = []) throws -> AddressPolicy {
        let own = OwnListeners()
        own.add(ListenerAddress(host: "127.0.0.1", port: 8701))
        return AddressPolicy(privateBlocks: try blocks.map { try CIDR($0) }, own: own)
    }

    @Test(
        arguments: [
            "127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.1.1", "100.64.0.1", "192.0.2.1",
            "198.18.0.1", "203.0.113.9", "240.0.0.1", "::1", "fe80::1", "fc00::1", "fd12::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
            "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:808:808::1", "2001::1",
            "2001:db8::1", "::ffff:0:7f00:1", "100::1", "4000::1",
        ])
    func refusesWhatIsNotOfThePublicInternet(_ text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(try policy().judge(address, port: 443, allowsPrivate: false) == .refusedPrivate)
        #expect(try policy().judge(address, port: 443, allowsPrivate: true) == .refusedPrivate, "the flag alone opens nothing")
        #expect(
            try policy(["0.0.0.0/0", "::/0"]).judge(address, port: 443, allowsPrivate: false) == .refusedPrivate,
            "the operator's block alone opens nothing")
        #expect(try policy(["0.0.0.0/0", "::/0"]).judge(address, port: 443, allowsPrivate: true) == .allowed)
    }

    @Test(
        arguments: [
            "169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254",
            "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "::169.254.169.254", "0.0.0.0", "::", "0.1.2.3",
            "224.0.0.1", "ff02::1", "255.255.255.255", "fe80::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe",
        ])
    func refusesMetadataAndMulticastWhateverIsAllowed(_ text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(try policy(["0.0.0.0/0", "::/0"]).judge(address, port: 80, allowsPrivate: true) == .refusedAlways)
    }

    @Test func refusesOurOwnListenersInEveryForm() throws {
        let all = try policy(["0.0.0.0/0", "::/0"])
        for text in ["127.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"] {
            let address = try #require(IPAddress(text))
            #expect(all.judge(address, port: 8701, allowsPrivate: true) == .refusedAlways)
            #expect(all.judge(address, port: 8702, allowsPrivate: true) == .allowed)
        }
    }

    @Test func aBlockOpensItsOwnAddressesOnly() throws {
        let narrow = try policy(["10.0.0.0/8"])
        #expect(narrow.judge(try #require(IPAddress("10.255.0.1")), port: 443, allowsPrivate: true) == .allowed)
        #expect(narrow.judge(try #require(IPAddress("11.0.0.1")), port: 443, allowsPrivate: true) == .allowed)
        #expect(narrow.judge(try #require(IPAddress("192.168.0.1")), port: 443, allowsPrivate: true) == .refusedPrivate)
        #expect(narrow.judge(try #require(IPAddress("::1")), port: 443, allowsPrivate: true) == .refusedPrivate)
    }

    @Test(arguments: ["8.8.8.8", "1.1.1.1", "104.18.6.192", "2606:4700::6812:7c0", "2a00:1450:4001::200e", "172.32.0.1", "100.128.0.1"])
    func allowsThePublicInternet(_ text: String) throws {
        #expect(try policy().judge(try #require(IPAddress(text)), port: 443, allowsPrivate: false) == .allowed)
    }

    @Test(arguments: ["", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/-1", "10.0.0.0/08", "fd00::/129", "example.com", "10.0.0/8", "::1/64"])
    func refusesTextsThatAreNoBlock(_ text: String) {
        #expect(throws: CIDRError.self) { try CIDR(text) }
    }

    @Test func blocksHoldWhatTheirPrefixSays() throws {
        #expect(try CIDR("0.0.0.0/0").contains(.v4(0xffff_ffff)))
        #expect(try CIDR("10.0.0.1").contains(.v4(0x0a00_0001)))
        #expect(try !CIDR("10.0.0.1").contains(.v4(0x0a00_0002)))
        #expect(try CIDR("fd00::/8").contains(.v6(0xfdff_0000_0000_0000, 5)))
        #expect(try !CIDR("fd00::/8").contains(.v6(0xfc00_0000_0000_0000, 5)))
        #expect(try CIDR("2001:db8::1:0/112").contains(.v6(0x2001_0db8_0000_0000, 0x1_ffff)))
        #expect(try !CIDR("2001:db8::1:0/112").contains(.v6(0x2001_0db8_0000_0000, 0x2_0000)))
    }
}
