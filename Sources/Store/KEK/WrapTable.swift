/// The tables that hold wraps, in the order in which they are wrapped anew.
package enum WrapTable: String, Hashable, Sendable, CaseIterable {
    case secrets, slots, seals
    case sessionEntries = "session_entries"
}

/// How many rows of each table an epoch has.
package typealias WrapCounts = [UInt32: [WrapTable: UInt64]]
