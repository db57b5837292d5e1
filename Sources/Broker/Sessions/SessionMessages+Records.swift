import Model

extension SessionMessages.Session {
    /// - Parameter aliases: names of the account's keys; those the session names are shown, ascending.
    init(_ record: SessionRecord, aliases: [KeyID: Alias]) {
        self.init(
            sessionID: record.id, label: record.label, kind: record.kind, aliases: record.keyIDs.compactMap { aliases[$0] }.sorted(),
            issuedAt: record.issuedAt, expiresAt: record.expiresAt, revokedAt: record.revokedAt, policy: record.policy)
    }
}
