package import Model

/// The work of wrapping every row anew under one epoch: one row of the store, so that it outlives the broker that does it.
package struct KEKJob: Hashable, Sendable {
    package enum State: String, Hashable, Sendable {
        case running
        /// No row of an older epoch was left, in the database or its log.
        case done
        /// Only rows are left that do not open; they are named.
        case damaged
    }

    /// Rows of lower epochs are wrapped anew.
    package let target: UInt32
    package let state: State
    /// Which broker does it, 16 bytes; `nil`: nobody does.
    package let holder: Blob?
    /// When the holder last wrote, in seconds since 1970.
    package let heartbeat: UInt64
    /// Rows of older epochs at the start.
    package let total: UInt64
    /// Rows wrapped anew so far.
    package let rewrapped: UInt64
    /// Rows that do not open, of which at most 100 are named as `table:id`.
    package let damaged: UInt64
    package let damagedRows: [String]
    /// Why nobody goes on with it at the moment; empty where somebody does.
    package let cause: String
    package let startedAt: UInt64
    package let finishedAt: UInt64?

    package init(
        target: UInt32, state: State, holder: Blob?, heartbeat: UInt64, total: UInt64, rewrapped: UInt64, damaged: UInt64,
        damagedRows: [String], cause: String, startedAt: UInt64, finishedAt: UInt64?
    ) {
        self.target = target
        self.state = state
        self.holder = holder
        self.heartbeat = heartbeat
        self.total = total
        self.rewrapped = rewrapped
        self.damaged = damaged
        self.damagedRows = damagedRows
        self.cause = cause
        self.startedAt = startedAt
        self.finishedAt = finishedAt
    }

    /// Most rows that are named.
    package static let maximumNamed = 100
}
