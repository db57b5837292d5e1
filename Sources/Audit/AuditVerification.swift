package import Model

/// What a walk along the audit log found.
package enum AuditVerification: Hashable, Sendable {
    /// Every record follows from the one before it. `head` is the last one's hash, 32 zero bytes for an empty log.
    ///
    /// A log whose newest records were cut off is intact too: only `head`, kept elsewhere, tells.
    case intact(records: UInt64, head: Blob)
    /// The chain holds up to the record before `sequence`.
    case broken(sequence: UInt64, reason: Reason)

    package enum Reason: String, Hashable, Sendable {
        /// A record is missing or stands twice.
        case gap
        /// The record does not name the hash of the one before it.
        case previousHash = "previous_hash"
        /// The record's fields do not give its hash: something in it was altered.
        case hash
        /// The stored row does not parse.
        case unreadable
    }
}
