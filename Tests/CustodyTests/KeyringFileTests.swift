import Envelope
import Foundation
import Model
import SecretMemory
import Testing

@testable import Custody

@Suite struct KeyringFileTests {
    private static let first = "# tacit keyring v1\n1 2027-01-15T08:00:00Z QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8\n"
    private static let second = "2 2027-02-15T08:00:00Z AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"

    @Test("A keyring file keeps the protocol", arguments: CustodySuite.cases)
    func keepsTheProtocol(_ rule: CustodySuite.Case) async throws {
        try await withDirectory { place in
            try place.write(Self.first)
            let custody = try KeyringFile(path: place.keyring, dataDirectory: place.data)
            let other = try KeyringFile(path: place.root + "/data/../keys/keyring", dataDirectory: place.data)
            try await rule.run(CustodySuite.Setup(custody: custody, other: other))
        }
    }

    @Test func `makes a keyring for a new store only`() async throws {
        try await withDirectory { place in
            let missing = #expect(throws: CustodyError.self) {
                try KeyringFile.open(at: place.keyring, dataDirectory: place.data, isNewStore: false, now: 1)
            }
            guard case .misconfigured(let reason) = missing else { throw CustodyError.integrity }
            #expect(reason.hasSuffix("restore \(place.keyring) from its backup"))
            #expect(!KeyringFile.exists(at: place.keyring))
            #expect(try KeyringFile.open(at: place.keyring, dataDirectory: place.data, isNewStore: true, now: 1).isNew)
            let made = try Data(contentsOf: URL(fileURLWithPath: place.keyring))
            for isNewStore in [true, false] {
                #expect(try !KeyringFile.open(at: place.keyring, dataDirectory: place.data, isNewStore: isNewStore, now: 1).isNew)
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: place.keyring)) == made)
        }
    }

    @Test(arguments: [0o640, 0o604, 0o610, 0o666])
    func `refuses a keyring that others can open, and says the cure`(mode: Int) async throws {
        try await withDirectory { place in
            try place.write(Self.first, mode: mode)
            expect(.misconfigured("the keyring \(place.keyring) is open to other users; run: chmod 600 \(place.keyring)"), at: place)
        }
    }

    @Test(arguments: [0o750, 0o701])
    func `refuses a directory that others can enter, and says the cure`(mode: Int) async throws {
        try await withDirectory { place in
            try place.write(Self.first)
            try place.set(mode: mode, of: place.keys)
            let cure = "run: chmod 700 \(place.keys)"
            expect(.misconfigured("the keyring's directory \(place.keys) is open to other users; \(cure)"), at: place)
            #expect(throws: CustodyError.self) { try KeyringFile.create(at: place.keys + "/new", dataDirectory: place.data, now: 0) }
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a file away"))
    func `refuses another owner's file, and says the cure`() async throws {
        try await withDirectory { place in
            try place.write(Self.first)
            #expect(unsafe chown(place.keyring, 12345, 12345) == 0)
            expect(.misconfigured("\(place.keyring) belongs to another user; run: chown 0 \(place.keyring)"), at: place)
        }
    }

    @Test func `refuses a symbolic link to a file or directory, a directory, and nothing at all`() async throws {
        try await withDirectory { place in
            expect(misconfigured: "there is no keyring at \(place.keyring)", at: place)
            try place.write(Self.first)
            try FileManager.default.moveItem(atPath: place.keyring, toPath: place.keys + "/real")
            try FileManager.default.createSymbolicLink(atPath: place.keyring, withDestinationPath: place.keys + "/real")
            expect(misconfigured: "is a symbolic link", at: place)
            try FileManager.default.removeItem(atPath: place.keyring)
            try FileManager.default.createDirectory(atPath: place.keyring, withIntermediateDirectories: false)
            expect(misconfigured: "is not a regular file", at: place)
            try FileManager.default.createSymbolicLink(atPath: place.root + "/link", withDestinationPath: place.keys)
            #expect(throws: CustodyError.self) { try KeyringFile(path: place.root + "/link/real", dataDirectory: place.data) }
            #expect(try KeyringFile(path: place.keys + "/real", dataDirectory: place.data).kind == "file")
        }
    }

    @Test func `refuses a place inside the data directory, whichever way it is named`() async throws {
        try await withDirectory { place in
            try FileManager.default.createSymbolicLink(atPath: place.root + "/alias", withDestinationPath: place.data)
            let paths = [
                place.data + "/keyring", place.data + "/deeper/still/keyring", place.root + "/alias/keyring",
                place.root + "/alias/x/keyring",
                place.root + "/keys/../data/keyring", place.root + "//data//keyring",
            ]
            for path in paths {
                #expect(throws: CustodyError.self, "\(path)") { try KeyringFile.create(at: path, dataDirectory: place.data, now: 0) }
            }
            #expect(throws: CustodyError.self) {
                try KeyringFile.create(at: place.root + "/future/keyring", dataDirectory: place.root + "/future", now: 0)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.data) == [])
            // A name that only begins alike is another directory.
            #expect(try KeyringFile.create(at: place.data + "-keys/keyring", dataDirectory: place.data, now: 0))
        }
    }

    @Test func `refuses a text in another form, an empty and a huge one`() async throws {
        try await withDirectory { place in
            try place.write(Self.first + "2 later\n")
            expect(misconfigured: "\(place.keyring), line 3: ", at: place)
            try place.write("")
            expect(misconfigured: "it has 0 bytes", at: place)
            try place.write(String(repeating: "#", count: 65_537))
            expect(misconfigured: "it has 65537 bytes", at: place)
        }
    }

    @Test func `checks again for every batch`() async throws {
        try await withDirectory { place in
            try place.write(Self.first)
            let custody = try KeyringFile(path: place.keyring, dataDirectory: place.data)
            try place.set(mode: 0o644, of: place.keyring)
            await #expect(throws: CustodyError.self) { try await custody.versions() }
            try place.set(mode: 0o600, of: place.keyring)
            #expect(try await custody.versions() == KEKVersions(current: 1, all: [KEKVersion(number: 1, createdAt: 1_800_000_000)]))
        }
    }

    @Test func `a wrap of a version that is not in the file says which`() async throws {
        try await withDirectory { place in
            try place.write(Self.first + Self.second)
            let custody = try KeyringFile(path: place.keyring, dataDirectory: place.data)
            let context = try CustodySuite.context("one")
            let wrap = try await custody.wrap([WrapItem(plaintext: Blob([1]), context: context)])[0]
            try place.write(Self.first)
            await #expect(throws: CustodyError.unknownVersion(2)) { try await custody.unwrap([UnwrapItem(wrap: wrap, context: context)]) }
        }
    }

    @Test func `opens a wrap that another program made from the format`() async throws {
        try await withDirectory { place in
            try place.write(Self.first.replacing("\n1 ", with: "\n7 "))
            let custody = try KeyringFile(path: place.keyring, dataDirectory: place.data)
            let wrap = try #require(
                Blob(
                    text: """
                        AQAAAAeAgYKDhIWGh4iJiouMjY6PkJGSk5SVlpeYmZqbnJ2en_tRkdQhqseMfuSqR8VwK-HdUIFvq_qzc1QG5b3Xm_iD1xVnlWaD1xL9PIrTTNFJuA
                        """))
            let opened = try await custody.unwrap([UnwrapItem(wrap: wrap, context: CustodySuite.context("login"))])
            #expect(opened == [Blob(Array("thirty-two bytes of some secret!".utf8))])
        }
    }

    @Test func `makes a keyring for the owner only, once, and leaves nothing beside it`() async throws {
        try await withDirectory { place in
            let path = place.root + "/made/for/keyring"
            #expect(!KeyringFile.exists(at: path))
            #expect(try KeyringFile.create(at: path, dataDirectory: place.data, now: 1_800_000_000))
            #expect(KeyringFile.exists(at: path))
            #expect(try place.mode(of: path) == 0o600)
            #expect(try place.mode(of: place.root + "/made/for") == 0o700)
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.root + "/made/for") == ["keyring"])
            let made = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(try !KeyringFile.create(at: path, dataDirectory: place.data, now: 5))
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == made)
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.root + "/made/for") == ["keyring"])
            let custody = try KeyringFile(path: path, dataDirectory: place.data)
            #expect(try await custody.versions() == KEKVersions(current: 1, all: [KEKVersion(number: 1, createdAt: 1_800_000_000)]))
            let second = place.root + "/other/keyring"
            try KeyringFile.create(at: second, dataDirectory: place.data, now: 1_800_000_000)
            #expect(try Data(contentsOf: URL(fileURLWithPath: second)) != made)
        }
    }

    private func withDirectory(_ body: (TemporaryDirectory) async throws -> Void) async throws {
        let place = try TemporaryDirectory()
        defer { place.remove() }
        try await body(place)
    }

    private func expect(_ error: CustodyError, at place: TemporaryDirectory) {
        #expect(throws: error) { try KeyringFile(path: place.keyring, dataDirectory: place.data) }
    }

    private func expect(misconfigured part: String, at place: TemporaryDirectory) {
        do throws(CustodyError) {
            _ = try KeyringFile(path: place.keyring, dataDirectory: place.data)
            Issue.record("it was opened")
        } catch {
            guard case .misconfigured(let text) = error, text.contains(part) else {
                Issue.record("\(error)")
                return
            }
        }
    }
}
