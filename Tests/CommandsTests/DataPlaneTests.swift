import Client
import Model
import Testing

@testable import Commands

@Suite struct DataPlaneTests {
    private func info(_ proxyURL: String) throws -> InfoMessages.Info {
        let store = try #require(StoreID(bytes: [UInt8](repeating: 1, count: 16)))
        return InfoMessages.Info(version: "1", storeID: store, proxyURL: proxyURL, registration: "invite", assistedUnlock: false)
    }

    @Test(arguments: [
        "", "unix:/tmp/x", "http://127.0.0.1:8701/", "http://127.0.0.1:8701/x", "http://h'; rm -rf ~ #", "http://h\nX=1", "ftp://h",
        "https://u@h",
    ])
    func refusesAnAddressThatIsNoOrigin(_ url: String) {
        #expect(throws: ClientError.self) { try DataPlane.url(info(url)) }
    }

    @Test func aBrokerThatIsStartingIsUnreachableForNow() throws {
        let error = #expect(throws: ClientError.self) { try DataPlane.url(info("")) }
        #expect(ExitStatus(try #require(error)) == .unreachable)
        #expect(!DataPlane.isOpen(try info("")))
    }

    @Test(arguments: ["http://127.0.0.1:8701", "https://broker.example:443", "https://[2001:db8::1]:8701"])
    func takesAnOrigin(_ url: String) throws {
        #expect(try DataPlane.url(info(url)) == url)
    }
}
