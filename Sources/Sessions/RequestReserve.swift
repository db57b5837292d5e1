package import Model

/// Where a process gets a session's requests from, in blocks: durable, and shared by all processes that serve the session.
package protocol RequestReserve: Sendable {
    /// - Parameters:
    ///   - maximum: of the session's policy.
    ///   - wanted: calls that wait.
    ///   - done: called once, on any thread.
    func reserve(of session: SessionID, maximum: UInt64, wanted: UInt64, _ done: @escaping @Sendable (ReservedRequests) -> Void)
}

/// What a reserve answers.
package enum ReservedRequests: Sendable, Equatable {
    /// So many may go; 0 where none is left.
    case granted(UInt64)
    /// The count was altered: nobody knows how many are left.
    case damaged
    /// It cannot be said now.
    case failed
}
