import Envelope
import Model
import Store

/// One key of an account with everything a change of its versions is decided by, all of one revision.
struct KeyFacts: Sendable {
    let account: AccountRecord
    let identity: AccountIdentity
    let key: KeyState
    let trust: WriterTrust
    /// Live sessions that name the key and whose certificates verify.
    let sessions: [SessionRecord]
    /// Live sessions that name it and whose certificates do not: they open nothing, and nothing is sealed to them.
    let damagedSessions: Set<SessionID>
    /// Sessions that name it and ended by time: they may have been listed a moment ago.
    let expiredSessions: [SessionRecord]

    /// Whether the identity key signed a version. Where not, the destination is what some writer says it is.
    var isConfirmed: Bool {
        key.versions.contains { $0.signer.kind == .identity && trust.isSigned($0, of: key.record, identity: identity) }
    }

    /// The highest number a version has; 0 where none is left.
    var highest: UInt32 { key.versions.map(\.version).max() ?? 0 }

    /// The answer of the routes that change the key.
    var list: KeyMessages.List {
        KeyMessages.List(
            revision: account.revision, keys: [KeyMessages.Key(key.record, versions: key.shownVersions.map { KeyMessages.Version($0) })],
            writers: trust.certificates(of: key.shownVersions))
    }
}

extension Broker {
    /// - Throws: `.aliasUnknown`, `.keyRevoked`, `.integrity`.
    func keyFacts(_ alias: Alias, of id: AccountID) async throws(BrokerError) -> KeyFacts {
        let state = try await accountState(id)
        let named = state.keys.filter { $0.record.alias == alias }
        guard let key = named.first(where: { $0.record.revokedAt == nil }) else { throw Self.absent(alias, isRevoked: !named.isEmpty) }
        let identity = try identity(of: state.account)
        let naming = state.sessions.map(\.record).filter { $0.keyIDs.contains(key.record.id) }
        let intact = naming.filter { record in
            guard let certificate = try? SessionCertificate(record: record) else { return false }
            return (try? certificate.verify(signature: record.signature, identity: identity)) != nil
        }
        return KeyFacts(
            account: state.account, identity: identity, key: key, trust: WriterTrust(state.writers, identity: identity), sessions: intact,
            damagedSessions: Set(naming.map(\.id)).subtracting(intact.map(\.id)),
            expiredSessions: state.endedSessions.filter { $0.revokedAt == nil && $0.keyIDs.contains(key.record.id) })
    }

    /// - Throws: `.integrity` where id and key do not belong together.
    func identity(of account: AccountRecord) throws(BrokerError) -> AccountIdentity {
        do throws(EnvelopeError) {
            return try AccountIdentity(accountID: account.id, publicKey: account.identityPublicKey)
        } catch {
            faults.add(account: account.id, IntegrityFault(table: "accounts", id: account.id.description))
            throw .integrity("accounts:\(account.id)")
        }
    }
}
