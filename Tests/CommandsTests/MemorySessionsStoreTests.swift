import Foundation
import Model
import Store
import TacitTesting
import Testing

@testable import Commands

/// What opens a session's keys stays in this process, through rotations too.
struct MemorySessionsStoreTests {
    private struct Prepared {
        let directory: String
        let disk: SQLiteStore
        let store: MemorySessionsStore
        let fixture: StoreFixture
        let key: KeyRecord

        func state() async throws -> AccountState { try await store.accountState(of: fixture.accountID, now: StoreFixture.now) }

        /// Whether the files hold `blob`.
        func isOnDisk(_ blob: Blob) -> Bool {
            ["tacit.db", "tacit.db-wal"].contains { name in
                FileManager.default.contents(atPath: directory + "/" + name)?.range(of: Data(blob.bytes)) != nil
            }
        }

        func end() throws {
            try disk.close()
            try FileManager.default.removeItem(atPath: directory)
        }
    }

    private func prepared() async throws -> Prepared {
        let directory = NSTemporaryDirectory() + "tacit-memory-\(UUID().uuidString)"
        try SQLiteStore.makeDirectory(directory)
        let disk = try SQLiteStore(directory: directory)
        let store = MemorySessionsStore(disk)
        let fixture = try StoreFixture(1)
        try await fixture.create(in: store)
        let key = try fixture.key(1, alias: "openai")
        try await fixture.enroll(key, in: store, at: 1)
        return Prepared(directory: directory, disk: disk, store: store, fixture: fixture, key: key)
    }

    @Test func aRotationsSealsToItsSessionsAreKeptInMemoryOnly() async throws {
        let p = try await prepared()
        let (own, foreign) = (try p.fixture.session(1, keys: [p.key.id]), try p.fixture.session(2, keys: [p.key.id]))
        _ = try await p.store.insertSession(own, entries: [p.fixture.entry(own, p.key.id)], kekEpoch: 1, expectedRevision: 2)
        _ = try await p.disk.insertSession(foreign, entries: [], kekEpoch: 0, expectedRevision: 3)
        let version = p.fixture.version(of: p.key, 2)
        await #expect(throws: StoreError.self) { try await p.fixture.add(version, graceUntil: 9, in: p.store, at: 4) }
        await #expect(throws: StoreError.revisionConflict(current: 4)) {
            try await p.fixture.add(version, graceUntil: 9, sealedTo: [own, foreign], in: p.store, at: 3)
        }
        #expect(try await p.state().sessions.flatMap(\.seals).isEmpty, "what was refused leaves nothing")
        try await p.fixture.add(version, graceUntil: 9, sealedTo: [own, foreign], in: p.store, at: 4)
        let seal = p.fixture.seal(of: version, to: own)
        #expect(try await p.state().sessions.map(\.seals) == [[seal]])
        // The other broker's session has its seal where that broker looks for it.
        let stored = try await p.disk.accountState(of: p.fixture.accountID, now: StoreFixture.now).sessions.flatMap(\.seals)
        #expect(stored.map(\.recipientID) == [Blob(foreign.id.bytes)])
        try p.end()
    }

    @Test func anEntryTakesTheSealsPlaceInMemoryAndGoesWithItsVersion() async throws {
        let p = try await prepared()
        let session = try p.fixture.session(1, keys: [p.key.id])
        let first = p.fixture.entry(session, p.key.id)
        _ = try await p.store.insertSession(session, entries: [first], kekEpoch: 1, expectedRevision: 2)
        let version = p.fixture.version(of: p.key, 2)
        try await p.fixture.add(version, graceUntil: 9, sealedTo: [session], in: p.store, at: 3)
        let entry = SessionEntryRecord(
            sessionID: session.id, keyID: p.key.id, version: 2, wrappedEntry: StoreFixture.bytes(113, 1, 99))
        #expect(try await p.store.replaceSeals(by: [entry], kekEpoch: 1) == [entry])
        #expect(try await p.store.replaceSeals(by: [entry], kekEpoch: 1) == [])
        #expect(try await p.state().sessions.map(\.entries) == [[first, entry]])
        #expect(try await p.state().sessions.flatMap(\.seals).isEmpty)
        for blob in [first.wrappedEntry, entry.wrappedEntry] { #expect(!p.isOnDisk(blob)) }
        _ = try await p.store.retireDue(now: 9)
        #expect(try await p.state().sessions.map(\.entries) == [[entry]])
        #expect(try await p.store.entries(of: session.id) == [entry])
        _ = try await p.store.revokeKey(p.key.id, of: p.fixture.accountID, at: 10)
        #expect(try await p.store.entries(of: session.id) == [])
        try p.end()
    }

    @Test func aRotationAfterARestartIsNotHeldUpBySessionsThatEndedWithTheProcess() async throws {
        let p = try await prepared()
        let (gone, stored) = (try p.fixture.session(1, keys: [p.key.id]), try p.fixture.session(2, keys: [p.key.id]))
        _ = try await p.store.insertSession(gone, entries: [p.fixture.entry(gone, p.key.id)], kekEpoch: 1, expectedRevision: 2)
        let entry = p.fixture.entry(stored, p.key.id)
        _ = try await p.disk.insertSession(stored, entries: [entry], kekEpoch: 1, expectedRevision: 3)
        let restarted = MemorySessionsStore(p.disk)
        let version = p.fixture.version(of: p.key, 2)
        // What a broker that lists no session would send, and the store refuses while it takes the old rows for live.
        await #expect(throws: StoreError.self) { try await p.fixture.add(version, graceUntil: 9, in: restarted, at: 4) }
        #expect(try await restarted.endStored(at: StoreFixture.now) == 2)
        #expect(try await restarted.endStored(at: StoreFixture.now) == 0)
        #expect(try await p.disk.sessions(of: p.fixture.accountID).map(\.revokedAt) == [StoreFixture.now, StoreFixture.now])
        #expect(try await p.disk.entries(of: stored.id).isEmpty)
        try await p.fixture.add(version, graceUntil: 9, in: restarted, at: 5)
        try p.end()
    }

    @Test func aBrokerWithSessionsInMemoryHasItsDirectoryForItself() async throws {
        let p = try await prepared()
        func isRefused(_ isExclusive: Bool) -> Bool {
            do throws(StartError) {
                _ = try StoreUse(directory: p.directory, isExclusive: isExclusive)
                return false
            } catch {
                guard case .refused = error else {
                    Issue.record("another error: \(error)")
                    return true
                }
                return true
            }
        }
        do {
            let shared = try StoreUse(directory: p.directory, isExclusive: false)
            #expect(!isRefused(false))
            #expect(isRefused(true))
            _ = consume shared
        }
        do {
            let own = try StoreUse(directory: p.directory, isExclusive: true)
            #expect(isRefused(false))
            #expect(isRefused(true))
            _ = consume own
        }
        #expect(!isRefused(true))
        try p.end()
    }

    @Test func theRestIsTheStoresOwn() async throws {
        let p = try await prepared()
        let writer = try p.fixture.writer(1)
        _ = try await p.store.insertWriter(writer, expectedRevision: 2)
        #expect(try await p.disk.writer(writer.id) == writer)
        #expect(try await p.state().writers == [writer])
        _ = try await p.store.revokeWriter(writer.id, of: p.fixture.accountID, at: 7)
        #expect(try await p.store.writers(of: p.fixture.accountID).map(\.revokedAt) == [7])
        try await p.fixture.add(p.fixture.version(of: p.key, 2, state: .pending), in: p.store, at: 4)
        _ = try await p.store.activateVersion(2, of: p.key.id, account: p.fixture.accountID, graceUntil: 50)
        _ = try await p.store.rollBackVersion(1, of: p.key.id, account: p.fixture.accountID, now: 40)
        _ = try await p.store.retireVersion(2, of: p.key.id, account: p.fixture.accountID)
        #expect(try await p.disk.versions(of: p.key.id).map(\.state) == [.active, .retired])
        try p.end()
    }
}
