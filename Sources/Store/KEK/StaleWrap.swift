package import Model

/// A wrap of an older epoch with what its context is made of.
package struct StaleWrap: Hashable, Sendable {
    /// What is wrapped, by the row it stands in.
    package enum Subject: Hashable, Sendable {
        case secret(name: String)
        case slot(AccountID, SlotParameters)
        case seal(KeyID, version: UInt32, recipient: RecipientKind, id: Blob, publicKey: Blob)
        case entry(SessionID, KeyID, version: UInt32)
    }

    /// Of the row in its table.
    package let rowID: Int64
    package let wrap: Blob
    package let subject: Subject

    package init(rowID: Int64, wrap: Blob, subject: Subject) {
        self.rowID = rowID
        self.wrap = wrap
        self.subject = subject
    }
}

/// Some wraps of one table, in the order of their row ids, with the keys and sessions they belong to.
package struct StaleWraps: Hashable, Sendable {
    package let wraps: [StaleWrap]
    package let keys: [KeyID: KeyRecord]
    package let sessions: [SessionID: StaleSession]
    /// Rows that do not parse.
    package let faults: [IntegrityFault]
    /// The last row id looked at; `nil` where there was none.
    package let last: Int64?

    package init(
        wraps: [StaleWrap], keys: [KeyID: KeyRecord], sessions: [SessionID: StaleSession], faults: [IntegrityFault], last: Int64?
    ) {
        self.wraps = wraps
        self.keys = keys
        self.sessions = sessions
        self.faults = faults
        self.last = last
    }
}

/// What the context of a session's entries has of the session.
package struct StaleSession: Hashable, Sendable {
    /// Seconds since 1970.
    package let expiresAt: UInt64
    package let policy: SessionPolicy

    package init(expiresAt: UInt64, policy: SessionPolicy) {
        self.expiresAt = expiresAt
        self.policy = policy
    }
}

/// A wrap that takes the place of another one over the same bytes.
package struct ReplacedWrap: Hashable, Sendable {
    package let rowID: Int64
    package let old: Blob
    package let new: Blob

    package init(rowID: Int64, old: Blob, new: Blob) {
        self.rowID = rowID
        self.old = old
        self.new = new
    }
}
