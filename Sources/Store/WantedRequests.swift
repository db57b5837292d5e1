package import Model

/// A block of a session's requests that a broker asks the store for.
package struct WantedRequests: Sendable, Equatable {
    package let session: SessionID
    /// Of the session's policy, as its certificate says it.
    package let maximum: UInt64
    /// Calls that wait for it.
    package let count: UInt64

    package init(session: SessionID, maximum: UInt64, count: UInt64) {
        self.session = session
        self.maximum = maximum
        self.count = count
    }
}
