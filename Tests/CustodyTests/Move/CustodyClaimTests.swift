import Foundation
import Testing

@testable import Custody

@Suite struct CustodyClaimTests {
    @Test func `another store that uses the same custody is seen, as long as it does`() throws {
        try withDirectory { directory in
            let one = CustodyClaim(directory: directory, name: "one")
            let two = CustodyClaim(directory: directory, name: "two")
            #expect(try one.others(naming: "file:/a") == [])
            try one.write(["file:/a"])
            try two.write(["vault-kv:x", "file:/a"])
            #expect(try one.others(naming: "file:/a") == [two.path])
            #expect(try two.others(naming: "file:/a") == [one.path])
            #expect(try one.others(naming: "file:/") == [])
            #expect(try one.others(naming: "vault-kv:x") == [two.path])
            try two.write(["vault-kv:x"])
            #expect(try one.others(naming: "file:/a") == [])
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory).count == 2)
            #expect(try FileManager.default.attributesOfItem(atPath: one.path)[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func `a list that cannot be read refuses, since it might name the custody`() throws {
        try withDirectory { directory in
            let one = CustodyClaim(directory: directory, name: "one")
            let two = CustodyClaim(directory: directory, name: "two")
            try FileManager.default.createSymbolicLink(atPath: two.path, withDestinationPath: "/nonexistent")
            #expect(throws: CustodyError.self) { try one.others(naming: "file:/a") }
            try FileManager.default.removeItem(atPath: two.path)
            try Data(repeating: 65, count: 8193).write(to: URL(filePath: two.path))
            #expect(throws: CustodyError.self) { try one.others(naming: "file:/a") }
        }
    }

    @Test func `a set of custodies claims what it uses when it begins to run`() async throws {
        let place = try TemporaryDirectory()
        defer { place.remove() }
        try KeyringFile.create(at: place.keyring, dataDirectory: place.data, now: 1)
        let keyring = try KeyringFile(path: place.keyring, dataDirectory: place.data)
        let one = CustodySet(keyring, file: CustodyMoveFile(directory: place.keys, storeID: "one"))
        let two = CustodySet(keyring, file: CustodyMoveFile(directory: place.keys, storeID: "two"))
        #expect(try one.otherClaims(of: keyring.uri) == [])
        let running = Task { await two.run() }
        for _ in 0..<500 {
            guard try one.otherClaims(of: keyring.uri).isEmpty else { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        running.cancel()
        await running.value
        #expect(try one.otherClaims(of: keyring.uri) == [place.keys + "/kek-used-two"])
        #expect(try two.otherClaims(of: keyring.uri) == [])
    }

    private func withDirectory(_ body: (String) throws -> Void) throws {
        let place = try TemporaryDirectory()
        defer { place.remove() }
        try body(place.keys)
    }
}
