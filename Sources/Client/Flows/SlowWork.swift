import Dispatch
import Synchronization

/// Runs work that takes long or blocks on a thread of its own, not on one of the few that carry Swift's tasks.
enum SlowWork {
    private static let queue = DispatchQueue(label: "tacit.slow-work", attributes: .concurrent)

    /// Runs `body` and hands on what it returns or throws. The result may be noncopyable; it crosses in a box that is emptied once.
    static func run<R: ~Copyable & Sendable>(
        _ body: @escaping @Sendable () throws(ClientError) -> R
    ) async throws(ClientError) -> R {
        let box = Box<R>()
        await withCheckedContinuation { continuation in
            queue.async {
                box.fill(body)
                continuation.resume()
            }
        }
        return try box.take()
    }

    private final class Box<R: ~Copyable & Sendable>: Sendable {
        private struct Content: ~Copyable {
            var value: R?
            var failure: ClientError?
        }

        private let content = Mutex(Content(value: nil, failure: nil))

        func fill(_ body: () throws(ClientError) -> R) {
            do throws(ClientError) {
                var value: R? = try body()
                content.withLock { $0.value = value.take() }
            } catch {
                content.withLock { $0.failure = error }
            }
        }

        func take() throws(ClientError) -> R {
            if let failure = content.withLock({ $0.failure }) { throw failure }
            guard let value = content.withLock({ $0.value.take() }) else { throw .system("the work ended without a result") }
            return value
        }
    }
}
