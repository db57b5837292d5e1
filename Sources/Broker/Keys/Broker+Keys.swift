package import Model
import Sessions
import Store

extension Broker {
    /// All keys of the account, revoked ones included, by alias (`list_keys`; owner, access files with `list`, which see those they are for).
    package func listKeys(call: Call) async throws(BrokerError) -> KeyMessages.List {
        try await audited(.listKeys, call) { (_) async throws(BrokerError) in
            let acting = try await acting(call, needs: .list)
            let state = try await accountState(acting.accountID)
            let shown = state.keys.filter { acting.reaches($0.record.alias) }
            let keys = shown.map { KeyMessages.Key($0.record, versions: $0.shownVersions.map { KeyMessages.Version($0) }) }
            let trust = WriterTrust(state.writers, identity: try identity(of: state.account))
            return KeyMessages.List(
                revision: state.revision, keys: keys.sorted { ($0.alias, $0.createdAt) < ($1.alias, $1.createdAt) },
                writers: trust.certificates(of: shown.flatMap(\.shownVersions)))
        }
    }

    /// Revokes a key (`revoke_key`): its running calls end within a second, its ciphertext and seals are deleted. Needs no KEK.
    /// - Parameter account: name or id, for the operator; others give none.
    /// - Throws: `.aliasUnknown`, `.keyRevoked`, `.notFound` for the account, `.forbidden`.
    package func revokeKey(_ alias: Alias, account: String?, call: Call) async throws(BrokerError) -> KeyMessages.List {
        try await audited(.revokeKey, call) { (facts) async throws(BrokerError) in
            facts.subject = alias.text
            let id = try await acting(call, needs: .revoke, on: alias, account: account).accountID
            facts.accountID = id
            let key = try await liveKey(alias, of: id)
            sessions.end(key: key.id, account: id)
            let now = clock()
            let revision = try await stored { () async throws(StoreError) in try await store.revokeKey(key.id, of: id, at: now) }
            await reload(id)
            let records = try await stored { () async throws(StoreError) in try await store.keys(of: id) }
            let versions = try await stored { () async throws(StoreError) in try await store.versions(of: key.id) }
            let record = records.first { $0.id == key.id } ?? key
            let shown = KeyState(record: record, versions: versions).shownVersions
            return KeyMessages.List(revision: revision, keys: [KeyMessages.Key(record, versions: shown.map { KeyMessages.Version($0) })])
        }
    }

    /// The key an alias stands for now.
    /// - Throws: `.aliasUnknown`, `.keyRevoked`.
    func liveKey(_ alias: Alias, of account: AccountID) async throws(BrokerError) -> KeyRecord {
        let named = try await stored { () async throws(StoreError) in try await store.keys(of: account) }.filter { $0.alias == alias }
        if let live = named.first(where: { $0.revokedAt == nil }) { return live }
        throw Self.absent(alias, isRevoked: !named.isEmpty)
    }

    static func absent(_ alias: Alias, isRevoked: Bool) -> BrokerError {
        isRevoked
            ? BrokerError(.keyRevoked, "\(alias) is revoked; run: tacit keys")
            : BrokerError(.aliasUnknown, "there is no key \(alias); run: tacit keys")
    }

    /// The account a route is about: the owner's own, or the one the operator names.
    func accountMeant(_ named: String?, call: Call) async throws(BrokerError) -> AccountID {
        guard call.principal == .operator else {
            guard named == nil else { throw .forbidden }
            return try call.ownerAccount()
        }
        return try await account(named: named).id
    }

    /// The account as it is stored, all of one revision.
    /// - Throws: `.integrity` where the account's row does not parse.
    func accountState(_ id: AccountID) async throws(BrokerError) -> StoredAccount {
        let now = clock()
        let state = try await stored { () async throws(StoreError) in try await store.accountState(of: id, now: now) }
        guard let account = state.account else { throw .integrity("accounts:\(id)") }
        return StoredAccount(account: account, state: state)
    }
}

/// One account and what belongs to it, of one revision.
struct StoredAccount: Sendable {
    let account: AccountRecord
    let state: AccountState

    var revision: UInt64 { account.revision }
    var keys: [KeyState] { state.keys }
    var sessions: [SessionState] { state.sessions }
    var endedSessions: [SessionRecord] { state.endedSessions }
    var writers: [WriterRecord] { state.writers }
}
