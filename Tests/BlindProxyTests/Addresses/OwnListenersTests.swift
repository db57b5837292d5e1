import Testing

@testable import BlindProxy

@Suite struct OwnListenersTests {
    private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    @Test func anInterfaceThatComesUpLaterCounts() throws {
        let machine = Counter()
        let own = OwnListeners { _ in machine.value > 0 }
        own.add(ListenerAddress(host: "0.0.0.0", port: 8701))
        #expect(!own.contains(try address("198.51.100.7"), port: 8701))
        machine.add(1)
        #expect(own.contains(try address("198.51.100.7"), port: 8701))
        #expect(!own.contains(try address("198.51.100.7"), port: 8702))
    }

    @Test(arguments: ["0.0.0.0", "::", "broker.example"])
    func aWildcardOrANameIsEveryAddressOfTheMachine(_ host: String) throws {
        let own = OwnListeners()
        own.add(ListenerAddress(host: host, port: 1))
        for text in ["127.0.0.1", "127.200.0.9", "::1"] { #expect(own.contains(try address(text), port: 1)) }
        for text in ["192.0.2.1", "8.8.8.8", "2001:db8::1"] { #expect(!own.contains(try address(text), port: 1)) }
    }

    @Test func oneAddressIsItselfOnly() throws {
        let own = OwnListeners { _ in true }
        own.add(ListenerAddress(host: "::ffff:10.0.0.1", port: 1))
        #expect(own.contains(try address("10.0.0.1"), port: 1))
        #expect(!own.contains(try address("10.0.0.2"), port: 1))
    }
}
