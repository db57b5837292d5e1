import Model
import Store

extension StoreSuite {
    static let recordCases = [
        Case("refuses an audit record that does not continue the chain") { store in
            try await refusesAsInvalid { try await store.appendAudit { _ in record(2, previous: zeros) } }
            try await refusesAsInvalid { try await store.appendAudit { _ in record(1, previous: StoreFixture.bytes(32, 1, 1)) } }
            let first = try await store.appendAudit { _ in record(1, previous: zeros) }
            try await refusesAsInvalid { try await store.appendAudit { _ in record(1, previous: zeros) } }
            try await refusesAsInvalid { try await store.appendAudit { _ in record(2, previous: zeros) } }
            try await refusesAsInvalid {
                try await store.appendAudit { _ in record(2, previous: first.hash, actor: String(repeating: "a", count: 1025)) }
            }
            try await checkEqual(store.audit(last: 10), [first], "the chain")
        },
        Case("gives back audit records as they were appended") { store in
            let first = try await store.appendAudit { last in record(last == nil ? 1 : 9, previous: zeros, account: nil) }
            let second = try await store.appendAudit { last in
                record((last?.sequence ?? 0) + 1, previous: last?.hash ?? zeros, account: try? StoreFixture(1).accountID)
            }
            try await checkEqual(store.audit(last: 1), [second], "newest")
            try await checkEqual(store.audit(last: 5), [first, second], "ascending")
            try await checkEqual(store.audit(last: -1), [], "no negative count")
            try await checkEqual(store.audit(from: 2, limit: 10), [second], "from")
            try await checkEqual(store.audit(from: 1, limit: 1), [first], "limit")
        },
        Case("concurrent appends make one chain without gaps") { store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 1...20 {
                    group.addTask {
                        try await store.appendAudit { last in record((last?.sequence ?? 0) + 1, previous: last?.hash ?? zeros) }
                    }
                }
                try await group.waitForAll()
            }
            let chain = try await store.audit(last: 100)
            try checkEqual(chain.map(\.sequence), Array(1...20), "sequences")
            try check(zip(chain, chain.dropFirst()).allSatisfy { $0.hash == $1.previousHash }, "hashes")
        },
        Case("a secret is stored once, whoever comes first") { store in
            let (one, two) = (StoreFixture.bytes(85, 1, 1), StoreFixture.bytes(85, 1, 2))
            try await checkEqual(store.secret(named: "login"), nil, "unknown")
            try await refusesAsInvalid { _ = try await store.insertSecret(named: "login", wrapped: Blob([]), kekEpoch: 1) }
            try await checkEqual(store.insertSecret(named: "login", wrapped: one, kekEpoch: 1), one, "first")
            try await checkEqual(store.insertSecret(named: "login", wrapped: two, kekEpoch: 1), one, "second")
            try await checkEqual(store.secret(named: "login"), one, "stored")
        },
    ]

    private static let zeros = Blob([UInt8](repeating: 0, count: 32))

    private static func record(
        _ sequence: UInt64, previous: Blob, actor: String = "broker", account: AccountID? = nil
    ) -> AuditRecord {
        AuditRecord(
            sequence: sequence, previousHash: previous, timeMilliseconds: 1_800_000_000_123, accountID: account, actor: actor,
            action: "enroll_key", subject: "openai", outcome: "ok", requestID: "r-\(sequence)",
            hash: StoreFixture.bytes(32, UInt8(truncatingIfNeeded: sequence), 90))
    }
}
