package import Model

/// Where a process gets a session's requests from, in blocks: durable, and shared by all processes that serve the session.
package protocol RequestReserve: Sendable {
    /// - Parameters:
    ///   - maximum: of the session's policy.
    ///   - wanted: calls that wait.
    ///   - done: called once, on any thread, with how many may go: 0 where none is left, `nil` where that cannot be said now.
    func reserve(of session: SessionID, maximum: UInt64, wanted: UInt64, _ done: @escaping @Sendable (UInt64?) -> Void)
}
