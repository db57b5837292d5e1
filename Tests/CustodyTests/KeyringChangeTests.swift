import Envelope
import Foundation
import Model
import Synchronization
import Testing

@testable import Custody

@Suite struct KeyringChangeTests {
    private static let first = "# tacit keyring v1\n1 2027-01-15T08:00:00Z QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8\n"
    private static let second = "2 2027-02-15T08:00:00Z AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"

    @Test func `a hard link to the keyring is neither spoilt nor left with the old bytes`() async throws {
        try await withKeyring(Self.first + Self.second) { place, custody in
            let copy = place.root + "/copy"
            #expect(unsafe link(place.keyring, copy) == 0)
            await #expect(throws: CustodyError.self) { try await custody.retire(1) }
            await #expect(throws: CustodyError.self) { try await custody.addVersion(after: 2) }
            #expect(try place.read() == Self.first + Self.second)
            try FileManager.default.removeItem(atPath: copy)
            try await custody.retire(1)
            #expect(try place.read() == "# tacit keyring v1\n" + Self.second)
        }
    }

    @Test func `the old file's bytes are overwritten when a version is added or retired`() async throws {
        try await withKeyring(Self.first + Self.second) { place, custody in
            for change in [{ @Sendable in try await custody.retire(1) }, { @Sendable in _ = try await custody.addVersion(after: 2) }] {
                let old = open(at: place.keyring)
                defer { close(old) }
                try await change()
                #expect(bytes(of: old).allSatisfy { $0 == 0 })
                #expect(!bytes(of: old).isEmpty)
                #expect(try place.mode(of: place.keyring) == 0o600)
                #expect(try FileManager.default.contentsOfDirectory(atPath: place.keys) == ["keyring"])
            }
        }
    }

    @Test func `what a broken-off change left is overwritten and removed by the next one, also where nothing is to be done`() async throws {
        try await withKeyring("# tacit keyring v1\n" + Self.second) { place, custody in
            let left = place.keys + "/.keyring-left"
            try Data(Self.first.utf8).write(to: URL(fileURLWithPath: left))
            #expect(unsafe link(place.keyring, place.keys + "/.keyring-name") == 0)
            let old = open(at: left)
            defer { close(old) }
            try await custody.retire(1)
            #expect(bytes(of: old).allSatisfy { $0 == 0 })
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.keys) == ["keyring"])
            #expect(try place.read() == "# tacit keyring v1\n" + Self.second)
        }
    }

    @Test func `another keyring of the directory keeps its bytes, whatever second name a broken-off start left it`() async throws {
        try await withKeyring(Self.first) { place, custody in
            let other = place.keys + "/other"
            try KeyringFile.create(at: other, dataDirectory: place.data, now: 1)
            let content = try Data(contentsOf: URL(fileURLWithPath: other))
            #expect(unsafe link(other, place.keys + "/.keyring-left") == 0)
            try await custody.addVersion(after: 1)
            #expect(try Data(contentsOf: URL(fileURLWithPath: other)) == content)
            #expect(try Set(FileManager.default.contentsOfDirectory(atPath: place.keys)) == ["keyring", "other"])
            #expect(throws: CustodyError.self) { try KeyringFile(path: place.keys + "/.keyring-own", dataDirectory: place.data) }
            // What a backup by hard links keeps would stay.
            try Data(Self.first.utf8).write(to: URL(fileURLWithPath: place.keys + "/.keyring-left"))
            #expect(unsafe link(place.keys + "/.keyring-left", place.data + "/kept") == 0)
            await #expect(throws: CustodyError.self) { try await custody.retire(1) }
        }
    }

    @Test func `readers never see a keyring that is being overwritten`() async throws {
        try await withKeyring(Self.first) { place, custody in
            let context = try CustodySuite.context("one")
            let wrap = try await custody.wrap([WrapItem(plaintext: Blob([7]), context: context)])[0]
            let reads = Counter()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while !Task.isCancelled {
                        let opened = try await custody.unwrap([UnwrapItem(wrap: wrap, context: context)])
                        #expect(opened == [Blob([7])])
                        reads.value.withLock { $0 += 1 }
                        await Task.yield()
                    }
                }
                for version in 1...60 as ClosedRange<UInt32> {
                    try await custody.addVersion(after: version)
                    await Task.yield()
                }
                while reads.value.withLock({ $0 }) < 20 { try await Task.sleep(for: .milliseconds(5)) }
                group.cancelAll()
            }
        }
    }

    @Test func `refuses a version that the file has no room for, and the last number`() async throws {
        let lines = (1...2000).map { "\($0) 2027-01-15T08:00:00Z QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8\n" }
        var text = "# tacit keyring v1\n"
        for line in lines where text.utf8.count + line.utf8.count <= 65_536 { text += line }
        try await withKeyring(text) { place, custody in
            let current = try await custody.versions().current
            await #expect(throws: CustodyError.self) { try await custody.addVersion(after: current) }
            #expect(try place.read() == text)
            try place.write(Self.first + "4294967295" + Self.second.dropFirst())
            await #expect(throws: CustodyError.self) { try await custody.addVersion(after: .max) }
        }
    }

    @Test func `while the directory is locked a change waits, and goes on as soon as it is free`() async throws {
        try await withKeyring(Self.first) { place, custody in
            let holder = unsafe Glibc.open(place.keys, O_RDONLY | O_DIRECTORY)
            #expect(flock(holder, LOCK_EX) == 0)
            let change = Task { try await custody.addVersion(after: 1).current }
            try await Task.sleep(for: .milliseconds(200))
            #expect(try await custody.versions().current == 1)
            close(holder)
            let current = try await change.value
            #expect(current == 2)
        }
    }

    @Test func `says what is wrong with a keyring, and names it by its real path`() async throws {
        try await withKeyring(Self.first) { place, custody in
            #expect(custody.uri == "file:" + place.keyring)
            try place.set(mode: 0o644, of: place.keyring)
            let cause = "the keyring \(place.keyring) is open to other users; run: chmod 600 \(place.keyring)"
            #expect(await custody.status() == CustodyStatus(state: .misconfigured, cause: cause, versions: nil))
        }
    }

    private final class Counter: Sendable {
        let value = Mutex(0)
    }

    private func open(at path: String) -> Int32 { unsafe Glibc.open(path, O_RDONLY) }

    private func bytes(of descriptor: Int32) -> [UInt8] {
        var bytes = [UInt8](repeating: 1, count: 4096)
        let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
        return Array(bytes.prefix(max(0, count)))
    }

    private func withKeyring(_ text: String, _ body: (TemporaryDirectory, KeyringFile) async throws -> Void) async throws {
        let place = try TemporaryDirectory()
        defer { place.remove() }
        try place.write(text)
        try await body(place, KeyringFile(path: place.keyring, dataDirectory: place.data))
    }
}
