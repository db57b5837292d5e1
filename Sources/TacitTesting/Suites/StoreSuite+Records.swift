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
        Case("sums usage per day, session, version and status, of one account and since a time") { store in
            let (fixture, other) = (try StoreFixture(1), try StoreFixture(2))
            try await store.appendUsage([])
            try await store.appendUsage([usage(fixture, at: 10, status: 200), usage(fixture, at: 20, status: 200)])
            try await store.appendUsage([usage(fixture, at: 20, status: 401), usage(other, at: 20, status: 200)])
            let all = try await store.usage(of: fixture.accountID, since: 10)
            try checkEqual(all.map(\.status), [200, 401], "statuses")
            try checkEqual(all.map(\.requests), [6, 3], "requests")
            try checkEqual(all.map(\.bytesUp), [200, 100], "bytes up")
            try checkEqual(all.map(\.bytesDown), [400, 200], "bytes down")
            try checkEqual(all.map(\.redactions), [2, 1], "redactions")
            try checkEqual(all.map(\.exposureMicroseconds), [180, 90], "exposure")
            try checkEqual(all.map(\.at), [20, 20], "newest")
            try await checkEqual(store.usage(of: fixture.accountID, since: 11).map(\.requests), [3, 3], "since")
            try await store.appendUsage([usage(fixture, at: 86_399, status: 401), usage(fixture, at: 86_400, status: 401)])
            let days = try await store.usage(of: fixture.accountID, since: 10)
            try checkEqual(days.map(\.requests), [6, 6, 3], "days")
            try checkEqual(days.map(\.at), [20, 86_399, 86_400], "newest of each day")
            try await refusesAsInvalid { try await store.appendUsage([usage(fixture, at: .max, status: 200)]) }
        },
        Case("calls that opened a key and calls that did not are different sums") { store in
            let fixture = try StoreFixture(1)
            for exposure: UInt64 in [90, 0, 90] {
                try await store.appendUsage([usage(fixture, at: 10, status: 502, exposure: exposure)])
            }
            let sums = try await store.usage(of: fixture.accountID, since: 0)
            try checkEqual(sums.map(\.requests), [3, 6], "requests")
            try checkEqual(sums.map(\.exposureMicroseconds), [0, 180], "exposure")
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

    private static func usage(
        _ fixture: StoreFixture, at time: UInt64, status: UInt16, exposure: UInt64 = 90
    ) throws -> UsageRecord {
        UsageRecord(
            at: time, accountID: fixture.accountID, sessionID: try StoreFixture.id(1, 41), keyID: try StoreFixture.id(1, 1), version: 1,
            status: status, requests: 3, bytesUp: 100, bytesDown: 200, redactions: 1, exposureMicroseconds: exposure)
    }
}
