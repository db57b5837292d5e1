import Custody
import Envelope
package import Model
import Primitives
import Store

extension Broker {
    /// Most keys of an account that are not revoked.
    static let maximumLiveKeys = 1000

    /// Stores a provider key that a client enrolled (`enroll_key`; owner, access files with `enroll`); version 1 is active at once.
    ///
    /// The version's signature covers account, alias, destination, injection, ciphertext and DEK commitment, so what is stored is what
    /// the signer meant. Destinations at private addresses or over plain HTTP may be stored: whether they are called is the operator's
    /// choice at the data plane.
    /// - Throws: `.signatureInvalid`, `.malformed`, `.forbidden` for a signer that may not, `.revisionConflict`, `.aliasTaken`,
    ///   `.duplicate`, `.kekUnreachable`.
    package func enrollKey(_ message: KeyMessages.Enroll, call: Call) async throws(BrokerError) -> KeyMessages.List {
        try await audited(.enrollKey, call) { (facts) async throws(BrokerError) in
            facts.subject = message.alias.text
            let acting = try await acting(call, needs: .enroll, on: message.alias)
            try Self.requireProviderName(message.provider)
            guard message.version.version == 1 else { throw BrokerError(.malformed, "an enrolment makes version 1") }
            try Self.requireSigner(
                of: message.version, acting: acting, revision: message.version.signedRevision, now: clock() + Self.clockSkewSeconds)
            guard acting.writer != nil else { return try await enroll(message, acting: acting) }
            // A writer signs for no revision, so one that passed is no reason to sign again.
            for _ in 1..<Self.writerAttempts {
                do throws(BrokerError) { return try await enroll(message, acting: acting) } catch {
                    guard error.code == .revisionConflict else { throw error }
                }
            }
            return try await enroll(message, acting: acting)
        }
    }

    /// Times a writer's enrolment is tried where the account changes meanwhile.
    private static let writerAttempts = 5

    private func enroll(_ message: KeyMessages.Enroll, acting: Acting) async throws(BrokerError) -> KeyMessages.List {
        let id = acting.accountID
        let (account, identity) = try await account(id)
        if acting.writer != nil {
            // The seal says not which account key it is to, and one to a key that was replaced could never be opened.
            guard message.accountKeyEpoch == account.accountKeyEpoch else {
                throw BrokerError(.revisionConflict, "the account has another key since; read it again and sign again")
            }
        }
        let context = try checked { () throws(EnvelopeError) in
            let context = try KeyContext(
                accountID: id, keyID: message.keyID, version: message.version.version, alias: message.alias,
                destination: message.destination, injection: message.injection)
            let writers = try acting.trustedWriters(identity: identity)
            _ = try KeyVersionMaker.verify(message.version, context: context, identity: identity, writers: writers)
            return context
        }
        let present = try await stored { () async throws(StoreError) in try await store.keys(of: id) }
        guard present.count(where: { $0.revokedAt == nil }) < Self.maximumLiveKeys else {
            throw BrokerError(.forbidden, "an account has at most \(Self.maximumLiveKeys) keys; run: tacit revoke key")
        }
        let now = clock()
        let key = KeyRecord(
            id: message.keyID, accountID: id, alias: message.alias, provider: message.provider, destination: message.destination,
            injection: message.injection, createdAt: now, revokedAt: nil)
        let version = KeyVersionRecord(message.version, keyID: message.keyID, state: .active, createdAt: now)
        let revision = try await retryingKEK { () async throws(BrokerError) in
            let (seal, kekEpoch) = try await wrapSeal(message.version.accountSeal, version: 1, context: context, account: account)
            return try await stored { () async throws(StoreError) in
                try await store.insertKey(
                    key, version: version, seals: [seal], kekEpoch: kekEpoch,
                    expectedRevision: expectedRevision(message.version, account: account))
            }
        }
        await reload(id)
        let writers = acting.writer.map { [AccessMessages.Access($0)] }
        return KeyMessages.List(
            revision: revision, keys: [KeyMessages.Key(key, versions: [KeyMessages.Version(version)])], writers: writers)
    }

    /// The revision a version may commit on: the one the identity key signed. A writer key covers none; its change goes onto whatever
    /// stands.
    private func expectedRevision(_ version: KeyMessages.NewVersion, account: AccountRecord) -> UInt64 {
        switch version.signer.kind {
        case .identity: version.signedRevision
        case .writer: account.revision
        }
    }

    /// The account's seal under the KEK.
    private func wrapSeal(
        _ seal: Blob, version: UInt32, context: KeyContext, account: AccountRecord
    ) async throws(BrokerError) -> (seal: SealRecord, kekEpoch: UInt32) {
        let recipient = Blob(account.id.bytes)
        let sealContext = try checked { () throws(EnvelopeError) in
            try context.dekSeal(recipientKind: .account, recipientID: recipient, recipientPublicKey: account.accountPublicKey)
        }
        let (wraps, kekEpoch) = try await wrapped([WrapItem(plaintext: seal, context: sealContext)], row: "seals")
        guard let wrap = wraps.first else { throw .kekUnreachable }
        let record = SealRecord(
            keyID: context.keyID, version: version, recipientKind: .account, recipientID: recipient,
            recipientPublicKey: account.accountPublicKey, wrappedSeal: wrap)
        return (record, kekEpoch)
    }

    private static func requireProviderName(_ name: String) throws(BrokerError) {
        guard Alias(name) != nil else { throw BrokerError(.malformed, "a provider's name is 1 to 32 of a-z, 0-9 and -") }
    }
}

extension KeyVersionRecord {
    /// A version as its writer made it.
    init(_ new: KeyMessages.NewVersion, keyID: KeyID, state: KeyVersionState, createdAt: UInt64) {
        self.init(
            keyID: keyID, version: new.version, state: state, ciphertext: new.ciphertext,
            ciphertextDigest: KeyCiphertext.digest(new.ciphertext), dekCommitment: new.dekCommitment, signer: new.signer,
            signature: new.signature, signedAt: new.signedAt, signedRevision: new.signedRevision, createdAt: createdAt)
    }
}
