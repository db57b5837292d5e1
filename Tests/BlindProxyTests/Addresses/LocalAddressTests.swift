import NIOCore
import NIOPosix
import Testing

@testable import BlindProxy

/// What the kernel says about addresses.
@Suite struct LocalAddressTests {
    @Test(arguments: ["192.0.2.1", "8.8.8.8", "1.1.1.1", "2001:db8::1", "2606:4700::1111"])
    func aForeignAddressIsNotOurs(_ text: String) throws {
        #expect(!LocalAddress.isLocal(try #require(IPAddress(text))))
    }

    @Test(arguments: ["127.0.0.1", "127.255.0.3", "::1"])
    func theLoopbackIsOurs(_ text: String) throws {
        #expect(LocalAddress.isLocal(try #require(IPAddress(text))))
    }

    @Test func everyInterfacesAddressIsOurs() throws {
        let addresses = try System.enumerateDevices().compactMap { $0.address.flatMap { IPAddress($0) } }
        #expect(!addresses.isEmpty)
        for address in addresses { #expect(LocalAddress.isLocal(address), "\(address)") }
    }
}
