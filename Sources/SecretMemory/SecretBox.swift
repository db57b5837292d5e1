import Synchronization

/// Carries one secret across a task, future or thread, where only copyable values pass; it can be emptied once.
package final class SecretBox: Sendable {
    private let content: Mutex<SecretBytes?>

    /// Takes ownership of `secret`. If nobody takes it out, it is wiped with the box.
    package init(_ secret: consuming SecretBytes) {
        content = Mutex(secret)
    }

    /// The secret, the first time; `nil` from then on. Safe from any thread.
    package func take() -> SecretBytes? {
        content.withLock { $0.take() }
    }
}
