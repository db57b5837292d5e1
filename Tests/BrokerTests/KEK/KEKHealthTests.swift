import Custody
import Synchronization
import Testing

@testable import Broker

/// What single answers of the KEK say about it.
struct KEKHealthTests {
    @Test func anAnswerEndsASilence() async throws {
        let broker = try await BrokerFixture().broker
        broker.noteKEK(.unreachable("no route"))
        #expect(broker.kek.withLock { $0.failure } == "no route")
        broker.noteKEK(nil)
        #expect(broker.kek.withLock { $0.isReachable })
    }

    @Test func aMissingRightLastsUntilTheWholeWasLookedAt() async throws {
        let broker = try await BrokerFixture().broker
        broker.noteKEK(.misconfigured("may not encrypt"))
        // Decrypting goes on meanwhile.
        broker.noteKEK(nil)
        #expect(broker.kek.withLock { $0.failure } == "may not encrypt")
        broker.noteKEK(.unreachable("no route"))
        broker.noteKEK(nil)
        #expect(!broker.kek.withLock { $0.isReachable }, "nobody looked since")
        broker.noteKEK(nil, looked: true)
        #expect(broker.kek.withLock { $0.isReachable })
        broker.noteKEK(.unreachable("no route"))
        broker.noteKEK(nil)
        #expect(broker.kek.withLock { $0.isReachable }, "the right is there again")
    }

    @Test(arguments: [CustodyError.integrity, .unknownVersion(7), .tooLarge(9)])
    func whatIsWrongWithAWrapSaysNothingOfTheKEK(error: CustodyError) async throws {
        let broker = try await BrokerFixture().broker
        broker.noteKEK(error)
        #expect(broker.kek.withLock { $0.isReachable })
        broker.noteKEK(.unreachable("no route"))
        broker.noteKEK(error)
        #expect(broker.kek.withLock { $0.failure } == "no route")
    }
}
