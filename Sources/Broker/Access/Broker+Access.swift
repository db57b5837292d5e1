import Envelope
package import Model
import Store

extension Broker {
    /// Most access files of an account that can be used.
    static let maximumAccessFiles = 100
    /// Longest validity of an access file, in seconds.
    static let maximumAccessSeconds: UInt64 = 366 * 86_400

    /// Stores what the identity key says about a writer key, and the digest of its token (`create_access`). The token itself and the writer's
    /// private key are in the file that the client wrote, and nowhere else.
    /// - Throws: `.signatureInvalid`, `.malformed`, `.lifetimeRefused`, `.revisionConflict`, `.duplicate`, `.forbidden`.
    package func createAccess(_ message: AccessMessages.Create, call: Call) async throws(BrokerError) -> AccessMessages.List {
        try await audited(.createAccess, call) { (facts) async throws(BrokerError) in
            let id = try call.ownerAccount()
            facts.subject = message.name
            let now = clock()
            try Self.requireForm(message, now: now)
            let (account, identity) = try await account(id)
            guard account.revision == message.accountRevision else {
                throw BrokerError(StoreError.revisionConflict(current: account.revision))
            }
            _ = try checked { () throws(EnvelopeError) in
                try WriterCertificate(accountID: id, message: message).verify(signature: message.signature, identity: identity)
            }
            let standing = try await stored { () async throws(StoreError) in try await store.writers(of: id) }
                .filter { $0.revokedAt == nil && $0.expiresAt > now }
            guard standing.count < Self.maximumAccessFiles else {
                throw BrokerError(.forbidden, "an account has at most \(Self.maximumAccessFiles) access files; run: tacit access list")
            }
            guard !standing.contains(where: { $0.name == message.name }) else {
                throw BrokerError(.duplicate, "an access file of this name is in use; run: tacit access list")
            }
            let record = WriterRecord(message, accountID: id, createdAt: now)
            let revision = try await stored { () async throws(StoreError) in
                try await store.insertWriter(record, expectedRevision: message.accountRevision)
            }
            await reload(id)
            return AccessMessages.List(revision: revision, access: [AccessMessages.Access(record)])
        }
    }

    /// The account's access files, revoked and expired ones included, oldest first (`list_access`; owner, operator, access files with
    /// `list`, which see those within their own limits).
    /// - Parameter account: name or id, for the operator; others give none.
    package func listAccess(account: String?, call: Call) async throws(BrokerError) -> AccessMessages.List {
        try await audited(.listAccess, call) { (facts) async throws(BrokerError) in
            let acting = try await acting(call, needs: .list, account: account)
            facts.accountID = acting.accountID
            let state = try await accountState(acting.accountID)
            let shown = state.writers.filter { acting.reaches($0) }
            return AccessMessages.List(revision: state.revision, access: shown.map { AccessMessages.Access($0) })
        }
    }

    /// Ends an access file at once (`revoke_access`; owner, operator, access files with `revoke`: themselves and those within their limits). Done twice it is no
    /// error. What it wrote stays; the client offers to revoke that too. Needs no KEK.
    /// - Throws: `.notFound`, also for another account's.
    package func revokeAccess(_ id: WriterID, call: Call) async throws(BrokerError) -> AccessMessages.List {
        try await audited(.revokeAccess, call) { (facts) async throws(BrokerError) in
            facts.subject = id.description
            let acting = call.principal == .operator ? nil : try await acting(call, needs: .revoke)
            guard let record = try await writer(id), acting.map({ $0.accountID == record.accountID }) ?? true else {
                throw Self.noAccessFile
            }
            guard acting?.reaches(record) ?? true else {
                throw BrokerError(.forbidden, "that access file is for other aliases too; run: tacit access list")
            }
            facts.accountID = record.accountID
            let now = clock()
            let revision = try await stored { () async throws(StoreError) in
                try await store.revokeWriter(id, of: record.accountID, at: now)
            }
            await reload(record.accountID)
            guard let revoked = try await writer(id) else { throw Self.noAccessFile }
            return AccessMessages.List(revision: revision, access: [AccessMessages.Access(revoked)])
        }
    }

    private static var noAccessFile: BrokerError { BrokerError(.notFound, "there is no such access file; run: tacit access list") }

    private static func requireForm(_ message: AccessMessages.Create, now: UInt64) throws(BrokerError) {
        guard (1...64).contains(message.name.utf8.count) else { throw BrokerError(.malformed, "a name has 1 to 64 bytes") }
        try requireLabel(message.name)
        guard !message.rights.isEmpty, message.rights == Set(message.rights).sorted(), message.aliases == Set(message.aliases).sorted(),
            message.aliases.count <= 256, message.tokenDigest.bytes.count == 32
        else { throw BrokerError(.malformed, "rights and aliases ascend, each once, rights are not empty, a digest has 32 bytes") }
        guard message.expiresAt > now, message.notBefore < message.expiresAt,
            message.expiresAt - message.notBefore <= maximumAccessSeconds,
            message.expiresAt - now <= maximumAccessSeconds + clockSkewSeconds
        else {
            throw BrokerError(
                .lifetimeRefused, "an access file lasts at most \(maximumAccessSeconds / 86_400) days and ends in the future; use --ttl")
        }
    }
}

extension WriterRecord {
    /// A writer as the owner's client made it.
    fileprivate init(_ message: AccessMessages.Create, accountID: AccountID, createdAt: UInt64) {
        self.init(
            id: message.writerID, accountID: accountID, name: message.name, publicKey: message.publicKey, rights: message.rights,
            aliases: message.aliases, notBefore: message.notBefore, expiresAt: message.expiresAt,
            accountRevision: message.accountRevision, signature: message.signature, tokenDigest: message.tokenDigest,
            createdAt: createdAt, revokedAt: nil)
    }
}
