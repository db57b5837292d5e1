import Dispatch

/// Runs a call that blocks on a thread of its own, not on one of the few that carry Swift's tasks.
enum BlockingCall {
    private static let queue = DispatchQueue(label: "tacit.blocking", attributes: .concurrent)

    static func run<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: body()) }
        }
    }
}
