package import Model
import Sessions
import Store

extension Broker {
    /// The account's sessions, latest first, ended ones until they are purged (`list_sessions`). For the operator those of all
    /// accounts, or of the one named; for an access file with `list` those it might end.
    package func listSessions(account: String?, call: Call) async throws(BrokerError) -> SessionMessages.List {
        try await audited(.listSessions, call) { (_) async throws(BrokerError) in
            var ids: [AccountID] = []
            var limits: Acting?
            if call.principal == .operator, account == nil {
                ids = try await stored { () async throws(StoreError) in try await store.accountIDs() }.ids
            } else {
                let acting = try await acting(call, needs: .list, account: account)
                (ids, limits) = ([acting.accountID], acting)
            }
            var sessions: [SessionMessages.Session] = []
            for id in ids {
                let records = try await stored { () async throws(StoreError) in try await store.sessions(of: id) }
                let aliases = limits?.writer == nil ? [:] : try await aliases(of: id)
                let shown = records.filter { limits?.reaches($0, aliases: aliases) ?? true }
                sessions += try await sessionMessages(shown, account: id)
            }
            return SessionMessages.List(sessions: sessions.sorted { $0.issuedAt > $1.issuedAt })
        }
    }

    /// Ends a session at once (`revoke_session`; owner of it, operator, or an access file with `revoke` that is for all its keys). Ending an ended one is no error. Needs no KEK.
    /// - Throws: `.notFound`, also for another account's session.
    package func revokeSession(_ id: SessionID, call: Call) async throws(BrokerError) -> SessionMessages.Session {
        try await audited(.revokeSession, call) { (facts) async throws(BrokerError) in
            facts.subject = id.description
            let acting = call.principal == .operator ? nil : try await acting(call, needs: .revoke)
            let record = try await session(id)
            if let acting {
                guard acting.accountID == record.accountID else { throw Self.noSession }
                let aliases = acting.writer == nil ? [:] : try await aliases(of: record.accountID)
                guard acting.reaches(record, aliases: aliases) else {
                    throw BrokerError(.forbidden, "this access file is not for all of the session's keys; run: tacit sessions")
                }
            }
            facts.accountID = record.accountID
            return try await end(record)
        }
    }

    /// The session whose token is presented (`show_own_session`).
    package func showOwnSession(call: Call) async throws(BrokerError) -> SessionMessages.Session {
        try await audited(.showOwnSession, call) { (facts) async throws(BrokerError) in
            let record = try await ownSession(call, &facts)
            return try await sessionMessage(record)
        }
    }

    /// Ends the session whose token is presented (`revoke_own_session`).
    package func revokeOwnSession(call: Call) async throws(BrokerError) -> SessionMessages.Session {
        try await audited(.revokeOwnSession, call) { (facts) async throws(BrokerError) in
            try await end(try await ownSession(call, &facts))
        }
    }

    /// Ends all sessions of the account (`lock`). Needs no KEK.
    /// - Returns: those it ended.
    package func lock(call: Call) async throws(BrokerError) -> SessionMessages.List {
        try await audited(.lock, call) { (facts) async throws(BrokerError) in
            let id = try call.ownerAccount()
            let now = clock()
            let live = try await stored { () async throws(StoreError) in try await store.sessions(of: id) }
                .filter { $0.revokedAt == nil && $0.expiresAt > now }
            for session in live { sessions.end(session: session.id) }
            let ended = Set(try await stored { () async throws(StoreError) in try await store.revokeSessions(of: id, at: now) })
            for session in ended { sessions.end(session: session) }
            await reload(id)
            facts.subject = "\(ended.count) sessions"
            let records = try await stored { () async throws(StoreError) in try await store.sessions(of: id) }
            return SessionMessages.List(sessions: try await sessionMessages(records.filter { ended.contains($0.id) }, account: id))
        }
    }

    /// In memory first, so that it counts even if the store then fails.
    private func end(_ record: SessionRecord) async throws(BrokerError) -> SessionMessages.Session {
        sessions.end(session: record.id)
        let now = clock()
        _ = try await stored { () async throws(StoreError) in try await store.revokeSession(record.id, at: now) }
        await reload(record.accountID)
        return try await sessionMessage(try await session(record.id))
    }

    private func ownSession(_ call: Call, _ facts: inout AuditFacts) async throws(BrokerError) -> SessionRecord {
        switch call.principal {
        case .session(let id, _):
            facts.subject = id.description
            return try await session(id)
        case .anonymous: throw BrokerError(.tokenMissing, "present a session token: Authorization: Bearer tct_…")
        case .operator, .owner, .access: throw BrokerError(.forbidden, "this route is for a session token; run: tacit sessions")
        }
    }

    private func session(_ id: SessionID) async throws(BrokerError) -> SessionRecord {
        guard let record = try await stored({ () async throws(StoreError) in try await store.session(id) }) else { throw Self.noSession }
        return record
    }

    private static var noSession: BrokerError { BrokerError(.notFound, "there is no such session; run: tacit sessions") }

    private func sessionMessage(_ record: SessionRecord) async throws(BrokerError) -> SessionMessages.Session {
        let keys = try await stored { () async throws(StoreError) in try await store.keys(of: record.accountID) }
        return SessionMessages.Session(record, aliases: Self.aliases(of: keys))
    }

    private func sessionMessages(_ records: [SessionRecord], account: AccountID) async throws(BrokerError) -> [SessionMessages.Session] {
        guard !records.isEmpty else { return [] }
        let keys = try await stored { () async throws(StoreError) in try await store.keys(of: account) }
        let aliases = Self.aliases(of: keys)
        return records.map { SessionMessages.Session($0, aliases: aliases) }
    }

    private func aliases(of account: AccountID) async throws(BrokerError) -> [KeyID: Alias] {
        Self.aliases(of: try await stored { () async throws(StoreError) in try await store.keys(of: account) })
    }

    private static func aliases(of keys: [KeyRecord]) -> [KeyID: Alias] {
        Dictionary(keys.map { ($0.id, $0.alias) }, uniquingKeysWith: { first, _ in first })
    }
}
