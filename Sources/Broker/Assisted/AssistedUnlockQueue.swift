import Foundation
import Synchronization

/// Lets one assisted unlock at a time work, because a derivation takes hundreds of megabytes. Eight more may wait.
final class AssistedUnlockQueue: Sendable {
    static let maximumWaiting = 8

    private let count = Mutex(0)
    private let turn = AsyncGate()

    /// Runs `body` when its turn comes.
    /// - Throws: `.busy` where eight wait already.
    func run<R>(_ body: () async throws(BrokerError) -> R) async throws(BrokerError) -> R {
        let isLetIn = count.withLock { count in
            guard count <= Self.maximumWaiting else { return false }
            count += 1
            return true
        }
        guard isLetIn else {
            throw BrokerError(.busy, "too many assisted unlocks wait already; try again, or unlock on the client", retryAfterSeconds: 5)
        }
        defer { count.withLock { $0 -= 1 } }
        return try await turn.run(body)
    }

    /// Runs `body` on a thread of its own: a derivation must hold no thread that others wait for, neither of the cooperative pool nor of
    /// the store's queues.
    static func onThread<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: body()) }
        }
    }
}
