import Model
import Store

/// Blocks of requests of sessions with a maximum. The fixture's sessions have one of 1 000.
extension StoreSuite {
    static let requestCases = [
        Case("reserves no request of a session that is not there") { store in
            try await checkEqual(reserve(store, try StoreFixture.id(9, 9), maximum: 10, 1), 0, "requests")
            try await store.returnRequests([StoreFixture.id(9, 9): 4])
        },
        Case("never gives out more requests than the maximum, whoever asks") { store in
            let session = try await session(store)
            var blocks: [UInt64] = []
            for count in [UInt64(1), 500, 5_000, 1, 1] { blocks.append(try await reserve(store, session, maximum: 1_000, count)) }
            try checkEqual(blocks, [62, 500, 438, 0, 0], "blocks")
            try await checkEqual(reserve(store, session, maximum: 1_001, 3), 1, "the maximum is the caller's to say")
        },
        Case("answers each of several questions in their order") { store in
            let session = try await session(store)
            let unknown = try StoreFixture.id(9, 9, as: SessionID.self)
            let answers = try await store.reserveRequests([
                WantedRequests(session: session, maximum: 10, count: 6), WantedRequests(session: unknown, maximum: 10, count: 6),
                WantedRequests(session: session, maximum: 10, count: 6),
            ])
            try checkEqual(answers, [.success(6), .success(0), .success(4)], "answers")
            try await checkEqual(store.reserveRequests([]), [], "no question")
        },
        Case("reserves at once for many callers, each request once") { store in
            let session = try await session(store)
            let sum = try await withThrowingTaskGroup(of: UInt64.self) { group in
                for _ in 0..<200 { group.addTask { try await reserve(store, session, maximum: 1_000, 3) } }
                return try await group.reduce(0, +)
            }
            try checkEqual(sum, 1_000, "requests given out")
        },
        Case("gives out again what came back, and nothing more") { store in
            let session = try await session(store)
            try await checkEqual(reserve(store, session, maximum: 8, 8), 8, "all")
            try await store.returnRequests([session: 3])
            try await checkEqual(reserve(store, session, maximum: 8, 8), 3, "what came back")
            try await store.returnRequests([session: 20])
            try await checkEqual(reserve(store, session, maximum: 8, 20), 8, "never more than all")
            try await refusesAsInvalid { try await store.returnRequests([session: .max]) }
        },
        Case("reserving changes no revision") { store in
            let session = try await session(store)
            let before = try await store.changeCounter()
            _ = try await reserve(store, session, maximum: 8, 8)
            try await checkEqual(store.changeCounter(), before, "change counter")
        },
    ]

    private static func reserve(
        _ store: any Store, _ session: SessionID, maximum: UInt64, _ count: UInt64
    ) async throws -> UInt64 {
        let answers = try await store.reserveRequests([WantedRequests(session: session, maximum: maximum, count: count)])
        guard answers.count == 1 else { throw SuiteFailure("\(answers.count) answers to one question") }
        return try answers[0].get()
    }

    private static func session(_ store: any Store) async throws -> SessionID {
        let (fixture, key) = try await accountWithKey(store)
        let session = try fixture.session(1, keys: [key.id])
        _ = try await store.insertSession(session, entries: [fixture.entry(session, key.id)], kekEpoch: 1, expectedRevision: 2)
        return session.id
    }
}
