import Model
import Store

/// Blocks of requests of sessions with a maximum. The fixture's sessions have one of 1 000.
extension StoreSuite {
    static let requestCases = [
        Case("reserves no request of a session that is not there") { store in
            try await refuses(.notFound) {
                _ = try await store.reserveRequests(of: StoreFixture.id(9, 9), maximum: 10, wanted: 1)
            }
            try await store.returnRequests([StoreFixture.id(9, 9): 4])
        },
        Case("never gives out more requests than the maximum, whoever asks") { store in
            let session = try await session(store)
            var blocks: [UInt64] = []
            for wanted in [UInt64(1), 500, 5_000, 1, 1] {
                blocks.append(try await store.reserveRequests(of: session, maximum: 1_000, wanted: wanted))
            }
            try checkEqual(blocks, [62, 500, 438, 0, 0], "blocks")
            try await checkEqual(store.reserveRequests(of: session, maximum: 1_001, wanted: 3), 1, "the maximum is the caller's to say")
        },
        Case("reserves at once for many callers, each request once") { store in
            let session = try await session(store)
            let sum = try await withThrowingTaskGroup(of: UInt64.self) { group in
                for _ in 0..<200 { group.addTask { try await store.reserveRequests(of: session, maximum: 1_000, wanted: 3) } }
                return try await group.reduce(0, +)
            }
            try checkEqual(sum, 1_000, "requests given out")
        },
        Case("gives out again what came back, and nothing more") { store in
            let session = try await session(store)
            try await checkEqual(store.reserveRequests(of: session, maximum: 8, wanted: 8), 8, "all")
            try await store.returnRequests([session: 3])
            try await checkEqual(store.reserveRequests(of: session, maximum: 8, wanted: 8), 3, "what came back")
            try await store.returnRequests([session: 20])
            try await checkEqual(store.reserveRequests(of: session, maximum: 8, wanted: 20), 8, "never more than all")
            try await refusesAsInvalid { try await store.returnRequests([session: .max]) }
        },
        Case("reserving changes no revision") { store in
            let session = try await session(store)
            let before = try await store.changeCounter()
            _ = try await store.reserveRequests(of: session, maximum: 8, wanted: 8)
            try await checkEqual(store.changeCounter(), before, "change counter")
        },
    ]

    private static func session(_ store: any Store) async throws -> SessionID {
        let (fixture, key) = try await accountWithKey(store)
        let session = try fixture.session(1, keys: [key.id])
        _ = try await store.insertSession(session, entries: [fixture.entry(session, key.id)], kekEpoch: 1, expectedRevision: 2)
        return session.id
    }
}
