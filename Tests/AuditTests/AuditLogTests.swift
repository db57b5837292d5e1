import Foundation
import Model
import Store
import TacitTesting
import Testing

@testable import Audit

@Suite struct AuditLogTests {
    @Test func `an action whose record cannot be stored throws`() async throws {
        try await withStore { store in
            try store.close()
            await #expect(throws: StoreError.self) { try await append(to: log(store)) }
        }
    }

    @Test(arguments: [
        ("UPDATE audit SET actor = 'operator' WHERE sequence = 3", 3, AuditVerification.Reason.hash),
        ("UPDATE audit SET outcome = 'denied' WHERE sequence = 1", 1, .hash),
        ("UPDATE audit SET time_ms = time_ms + 1 WHERE sequence = 2", 2, .hash),
        ("UPDATE audit SET account_id = NULL WHERE sequence = 4", 4, .hash),
        ("UPDATE audit SET hash = zeroblob(32) WHERE sequence = 2", 2, .hash),
        ("UPDATE audit SET previous_hash = zeroblob(32) WHERE sequence = 5", 5, .previousHash),
        ("UPDATE audit SET hash = x'00' WHERE sequence = 3", 3, .unreadable),
        ("DELETE FROM audit WHERE sequence = 3", 3, .gap),
        ("DELETE FROM audit WHERE sequence = 1", 1, .gap),
        ("UPDATE audit SET sequence = 9 WHERE sequence = 5", 5, .gap),
        ("UPDATE audit SET subject = action, action = subject WHERE sequence = 2", 2, .hash),
    ])
    func `says where the chain breaks`(change: String, sequence: UInt64, reason: AuditVerification.Reason) async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let store = try SQLiteStore(directory: directory.path)
        for _ in 1...5 { try await append(to: log(store)) }
        try store.close()
        try directory.alter(change)
        let altered = try SQLiteStore(directory: directory.path)
        #expect(try await log(altered).verify() == .broken(sequence: sequence, reason: reason))
        try altered.close()
    }

    @Test func `a cut end shows by the head only`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let store = try SQLiteStore(directory: directory.path)
        for _ in 1...3 { try await append(to: log(store)) }
        let before = try await log(store).verify()
        try store.close()
        try directory.alter("DELETE FROM audit WHERE sequence = 3")
        let cut = try SQLiteStore(directory: directory.path)
        let after = try await log(cut).verify()
        let last = try #require(try await cut.audit(last: 1).first)
        #expect(after != before)
        #expect(after == .intact(records: 2, head: last.hash))
        try cut.close()
    }

    @Test func `an empty log is intact`() async throws {
        try await withStore { store in
            let answer = try await log(store).verify()
            #expect(answer == .intact(records: 0, head: Blob([UInt8](repeating: 0, count: 32))))
        }
    }

    @Test func `appends from many tasks make one chain, longer than a page`() async throws {
        try await withStore { store in
            let log = log(store)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 1...8 {
                    group.addTask { for _ in 1...130 { try await append(to: log) } }
                }
                try await group.waitForAll()
            }
            guard case .intact(1040, let head) = try await log.verify() else {
                Issue.record("the log is not intact")
                return
            }
            #expect(try await store.audit(last: 1).first?.hash == head)
        }
    }

    @Test func `keeps what it was told`() async throws {
        try await withStore { store in
            let record = try await append(to: log(store))
            #expect(try await store.audit(last: 1) == [record])
            #expect(record.sequence == 1)
            #expect(record.timeMilliseconds == 1_800_000_000_123)
            #expect([record.actor, record.action, record.subject, record.outcome, record.requestID] == ["broker", "a", "s", "ok", "r"])
        }
    }

    @Test func `cuts a text that is too long instead of losing the record`() async throws {
        try await withStore { store in
            let long = String(repeating: "ü", count: 600) + "\0"
            let record = try await log(store).append(
                actor: long, action: "a\0b", accountID: nil, subject: "", outcome: "", requestID: "")
            #expect(record.actor == String(repeating: "ü", count: 512))
            #expect(record.action == "ab")
            #expect(try await store.audit(last: 1) == [record])
            #expect(try await log(store).verify() == .intact(records: 1, head: record.hash))
        }
    }

    private func log(_ store: any Store) -> AuditLog { AuditLog(store: store, clockMilliseconds: { 1_800_000_000_123 }) }

    @discardableResult
    private func append(to log: AuditLog) async throws -> AuditRecord {
        try await log.append(
            actor: "broker", action: "a", accountID: try StoreFixture(1).accountID, subject: "s", outcome: "ok", requestID: "r")
    }

    private func withStore(_ body: (SQLiteStore) async throws -> Void) async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let store = try SQLiteStore(directory: directory.path)
        try await body(store)
        try store.close()
    }
}
