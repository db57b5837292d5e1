import Foundation
import Synchronization

/// Runs one slow key derivation at a time on a thread of its own, because it takes hundreds of megabytes and must hold no thread that
/// others wait for, neither of the cooperative pool nor of the store's queues. Eight more may wait.
final class AssistedUnlockQueue: Sendable {
    static let maximumWaiting = 8

    private let count = Mutex(0)
    private let turn = AsyncGate()

    /// Runs `body` when its turn comes.
    /// - Throws: `.busy` where eight wait already.
    func run<R: Sendable>(_ body: @escaping @Sendable () -> R) async throws(BrokerError) -> R {
        let isLetIn = count.withLock { count in
            guard count <= Self.maximumWaiting else { return false }
            count += 1
            return true
        }
        guard isLetIn else {
            throw BrokerError(.busy, "too many assisted unlocks wait already; try again, or unlock on the client", retryAfterSeconds: 5)
        }
        defer { count.withLock { $0 -= 1 } }
        return await turn.run { () async -> R in
            await withCheckedContinuation { continuation in
                Thread.detachNewThread { continuation.resume(returning: body()) }
            }
        }
    }
}
