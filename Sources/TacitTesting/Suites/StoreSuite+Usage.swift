import Model
import Store

extension StoreSuite {
    static let usageCases = [
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
        Case("many rows of usage come back each as it was, or none where one is refused") { store in
            let accounts = [try StoreFixture(3), try StoreFixture(1), try StoreFixture(2)]
            var records = try (0..<33 as Range<UInt64>).map { number in
                UsageRecord(
                    at: 900 + number, accountID: accounts[Int(number % 3)].accountID, sessionID: try StoreFixture.id(UInt8(number), 41),
                    keyID: try StoreFixture.id(UInt8(number), 1), version: UInt32(number) + 1, status: 200 + UInt16(number),
                    requests: number + 1000, bytesUp: number + 2000, bytesDown: number + 3000, redactions: number + 4000,
                    exposureMicroseconds: number + 5000)
            }
            try await refusesAsInvalid {
                try await store.appendUsage(records + [usage(accounts[0], at: 1, status: 200, requests: UInt64(Int64.max) + 1)])
            }
            for fixture in accounts { try await checkEqual(store.usage(of: fixture.accountID, since: 0), [], "none") }
            try await store.appendUsage(records)
            records.sort { $0.keyID < $1.keyID }
            for fixture in accounts {
                let own = records.filter { $0.accountID == fixture.accountID }
                try await checkEqual(store.usage(of: fixture.accountID, since: 0), own, "all")
            }
        },
        Case("usage of the last two whole days, of today and of a time to come stays as it is") { store in
            let fixture = try StoreFixture(1)
            // Of a broker whose clock was far ahead, and so before the others.
            try await store.appendUsage([usage(fixture, at: 20 * day, status: 200), usage(fixture, at: 20 * day + 9, status: 200)])
            for at in [8 * day, 8 * day + 9, 9 * day, 10 * day] { try await store.appendUsage([usage(fixture, at: at, status: 200)]) }
            try await compact(store, now: 10 * day)
            try await checkEqual(store.usage(of: fixture.accountID, since: 8 * day).map(\.requests), [6, 3, 3, 6], "all")
            try await checkEqual(store.usage(of: fixture.accountID, since: 8 * day + 1).map(\.requests), [3, 3, 3, 6], "by the second")
            try await checkEqual(store.usage(of: fixture.accountID, since: 20 * day + 1).map(\.requests), [3], "to come")
            for now in [0, day, 2 * day] { try await compact(store, now: now) }
            try await checkEqual(store.usage(of: fixture.accountID, since: 8 * day + 1).map(\.requests), [3, 3, 3, 6], "at the beginning")
            try await refusesAsInvalid { _ = try await store.compactUsage(now: .max, after: 0, limit: 100) }
        },
        Case("usage of a day in the past, added up, gives the same sums as before") { store in
            let accounts = [try StoreFixture(1), try StoreFixture(2)]
            let sessions: [SessionID] = [try StoreFixture.id(1, 41), try StoreFixture.id(1, 42)]
            let kinds: [(status: UInt16, exposure: UInt64)] = [(200, 90), (502, 90), (502, 0)]
            for number in 0..<12 as Range<UInt64> {
                for (fixture, session) in accounts.flatMap({ fixture in sessions.map { (fixture, $0) } }) {
                    let at = number * day / 3 + number
                    try await store.appendUsage(
                        kinds.map { try usage(fixture, at: at, status: $0.status, session: session, exposure: $0.exposure) })
                }
            }
            func read() async throws -> [[UsageRecord]] {
                var all: [[UsageRecord]] = []
                for fixture in accounts {
                    for since in [0, day, 2 * day] { all.append(try await store.usage(of: fixture.accountID, since: since)) }
                }
                return all
            }
            let before = try await read()
            try checkEqual(before.map(\.count), [24, 18, 12, 24, 18, 12], "sums")
            for limit in [7, -1, 100] {
                try await compact(store, now: 5 * day, limit: limit)
                try await checkEqual(read(), before, "steps of \(limit)")
            }
            let whole = try await store.usage(of: accounts[0].accountID, since: day + 10)
            try checkEqual(whole, before[1], "a day that was added up counts whole")
            let recent = try await store.usage(of: accounts[0].accountID, since: 3 * day + 10)
            try checkEqual(recent.reduce(0) { $0 + $1.requests }, 36, "by the second")
            try await store.appendUsage([usage(accounts[0], at: day + 1, status: 200, session: sessions[0])])
            try await compact(store, now: 5 * day)
            let late = try await store.usage(of: accounts[0].accountID, since: day)
            try checkEqual(late[0].requests, before[1][0].requests + 3, "written late")
            try checkEqual(late.map(\.at), before[1].map(\.at), "newest")
        },
        Case("brokers that add usage up at once lose no call and count none twice") { store in
            let fixture = try StoreFixture(1)
            for at in 0..<30 as Range<UInt64> { try await store.appendUsage([usage(fixture, at: at, status: 200)]) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 1...4 { group.addTask { try await compact(store, now: 4 * day, limit: 3) } }
                for at in 30..<40 as Range<UInt64> { group.addTask { try await store.appendUsage([usage(fixture, at: at, status: 200)]) } }
                try await group.waitForAll()
            }
            try await checkEqual(store.usage(of: fixture.accountID, since: 0).map(\.requests), [120], "sum")
            try await compact(store, now: 4 * day)
            try await checkEqual(store.usage(of: fixture.accountID, since: 39).map(\.requests), [120], "sum")
        },
        Case("numbers too large to be added stay as they are and hold up no others") { store in
            let fixture = try StoreFixture(1)
            try await store.appendUsage([usage(fixture, at: 1, status: 500, requests: UInt64(Int64.max))])
            for at in 2...3 as ClosedRange<UInt64> { try await store.appendUsage([usage(fixture, at: at, status: 200)]) }
            for _ in 1...2 { try await compact(store, now: 4 * day, limit: 1) }
            try await checkEqual(store.usage(of: fixture.accountID, since: 3).map(\.requests), [6], "added up")
            try await checkEqual(store.usage(of: fixture.accountID, since: 0).map(\.requests), [6, UInt64(Int64.max)], "all")
        },
    ]

    private static let day: UInt64 = 86_400

    private static func compact(_ store: any Store, now: UInt64, limit: Int = 100) async throws {
        var place: Int64? = 0
        while let from = place { place = try await store.compactUsage(now: now, after: from, limit: limit) }
    }

    private static func usage(
        _ fixture: StoreFixture, at time: UInt64, status: UInt16, session: SessionID? = nil, requests: UInt64 = 3, exposure: UInt64 = 90
    ) throws -> UsageRecord {
        UsageRecord(
            at: time, accountID: fixture.accountID, sessionID: try session ?? StoreFixture.id(1, 41), keyID: try StoreFixture.id(1, 1),
            version: 1, status: status, requests: requests, bytesUp: 100, bytesDown: 200, redactions: 1, exposureMicroseconds: exposure)
    }
}
