package import Model

/// Everything of one account that calls and listings need, read in one transaction.
package struct AccountState: Sendable, Hashable {
    /// `nil` where there is no such account or its row does not parse; the latter is named in `faults`.
    package let account: AccountRecord?
    /// Revoked ones included, by time of creation.
    package let keys: [KeyState]
    /// Neither revoked nor expired.
    package let sessions: [SessionState]
    /// Revoked or expired and not purged yet, so that their tokens get the right answer; nothing that opens a key.
    package let endedSessions: [SessionRecord]
    /// Revoked and expired ones included, by time of creation.
    package let writers: [WriterRecord]
    /// Rows that were left out.
    package let faults: [IntegrityFault]

    package init(
        account: AccountRecord?, keys: [KeyState], sessions: [SessionState], endedSessions: [SessionRecord], writers: [WriterRecord],
        faults: [IntegrityFault]
    ) {
        self.account = account
        self.keys = keys
        self.sessions = sessions
        self.endedSessions = endedSessions
        self.writers = writers
        self.faults = faults
    }
}

/// A provider key with its versions, ascending.
package struct KeyState: Sendable, Hashable {
    package let record: KeyRecord
    package let versions: [KeyVersionRecord]

    package init(record: KeyRecord, versions: [KeyVersionRecord]) {
        self.record = record
        self.versions = versions
    }
}

/// A live session with what opens its keys, KEK-wrapped.
package struct SessionState: Sendable, Hashable {
    package let record: SessionRecord
    package let entries: [SessionEntryRecord]
    /// DEKs that a rotation sealed to the session and that are no entry yet.
    package let seals: [SealRecord]

    package init(record: SessionRecord, entries: [SessionEntryRecord], seals: [SealRecord]) {
        self.record = record
        self.entries = entries
        self.seals = seals
    }
}

/// All accounts of a store.
package struct AccountList: Sendable, Hashable {
    package let ids: [AccountID]
    /// Ids that do not parse, and rows of any table whose owner is gone.
    package let faults: [IntegrityFault]

    package init(ids: [AccountID], faults: [IntegrityFault]) {
        self.ids = ids
        self.faults = faults
    }
}

/// Which accounts changed since a counter, and the counter to ask with next time.
package struct AccountChanges: Sendable, Hashable {
    package let counter: UInt64
    package let ids: [AccountID]

    package init(counter: UInt64, ids: [AccountID]) {
        self.counter = counter
        self.ids = ids
    }
}
