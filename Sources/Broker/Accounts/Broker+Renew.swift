import Custody
import Envelope
package import Model
import Store
import Synchronization

extension Broker {
    /// Longest body of `renew_account`, in bytes: room for 1 000 keys of 16 384 bytes each with usual destinations.
    package static let maximumRenewalBytes = 32 * 1024 * 1024

    /// Reads and handles a large body, one at a time and only for somebody who may send it: neither many callers nor one with an old bearer
    /// make the broker hold what it will not take.
    /// - Parameter body: reads the request and calls the route.
    /// - Throws: `.loginRequired`, `.forbidden`, `.draining` before a byte is read; what `body` throws.
    package func largeBody<R>(
        _ operation: Operation, call: Call, _ body: () async throws -> R
    ) async throws -> R {
        try await largeBodies.run { () async throws in
            do throws(BrokerError) {
                _ = operation == .renewAccount ? try await freshOwnerAccount(call) : try call.ownerAccount()
                guard !life.withLock({ $0.isDraining }) else { throw .draining }
            } catch {
                try await recordRefusal(operation, call: call, error: error)
                throw error
            }
            return try await body()
        }
    }

    /// Puts a new account in the place of an old one (`renew_account`): the same name under a new identity, with every key encrypted anew.
    /// The old account ends in the same transaction, with its keys, sessions, access files and logins.
    /// - Throws: `.loginRequired` for a login that is not fresh, `.revisionConflict`, `.signatureInvalid`, `.malformed` where a key is left
    ///   out, `.costsRefused`, `.duplicate`, `.kekUnreachable`.
    package func renewAccount(_ message: RotationMessages.Renewal, call: Call) async throws(BrokerError) -> AccountMessages.Account {
        try await audited(.renewAccount, call) { (facts) async throws(BrokerError) in
            let old = try await freshOwnerAccount(call)
            let state = try await accountState(old)
            let oldIdentity = try identity(of: state.account)
            guard state.revision == message.revision else {
                throw BrokerError(StoreError.revisionConflict(current: state.revision))
            }
            let identity = try checked { () throws(EnvelopeError) in try AccountRenewal.verify(message, identity: oldIdentity) }
            facts.subject = "\(identity.accountID)"
            try Self.requireSame(message, as: state)
            try Self.requireUsableSlots(message.account.slots)
            let now = clock()
            let record = AccountRecord(
                id: identity.accountID, name: message.account.name, identityPublicKey: message.account.identityPublicKey,
                accountKeyEpoch: message.account.accountKey.epoch, accountPublicKey: message.account.accountKey.publicKey,
                accountKeySignature: message.account.accountKey.signature, slotListRevision: 0,
                slotListSignature: message.account.slotListSignature, revision: 1, createdAt: now)
            let contexts = try checked { () throws(EnvelopeError) in try Self.sealContexts(message.keys, of: record) }
            let items = zip(message.keys, contexts).map { WrapItem(plaintext: $0.version.accountSeal, context: $1) }
            try await retryingKEK { () async throws(BrokerError) in
                let slots = try await wrapSlots(message.account.slots, account: record.id, now: now)
                let (wraps, kekEpoch) = try await wrapped(items, row: "seals")
                guard items.isEmpty || kekEpoch == slots.kekEpoch else { throw .kekChanged }
                let keys = zip(message.keys, wraps).map { NewKey($0, of: record, wrappedSeal: $1) }
                _ = try await stored { () async throws(StoreError) in
                    try await store.renewAccount(
                        old, by: record, slots: slots.rows, keys: keys, kekEpoch: slots.kekEpoch, expectedRevision: message.revision,
                        now: now)
                }
            }
            await reload(old)
            await reload(record.id)
            return try await accountMessage(record.id)
        }
    }

    /// That the new account has the old one's name and every key of it.
    private static func requireSame(_ message: RotationMessages.Renewal, as state: StoredAccount) throws(BrokerError) {
        guard message.account.name == state.account.name, message.account.invitation == nil else {
            throw BrokerError(.malformed, "a renewed account keeps its name and needs no invitation")
        }
        guard message.keys.count <= maximumLiveKeys, message.keys.allSatisfy({ Alias($0.provider) != nil }) else {
            throw BrokerError(.malformed, "an account has at most \(maximumLiveKeys) keys, and a provider's name is an alias")
        }
        let live = state.keys.filter { $0.record.revokedAt == nil }.map(\.record.alias)
        guard Set(live) == Set(message.keys.map(\.alias)) else {
            throw BrokerError(.malformed, "a renewal carries exactly the keys that are not revoked; revoke what does not open")
        }
    }

    private static func sealContexts(
        _ keys: [KeyMessages.Enroll], of account: AccountRecord
    ) throws(EnvelopeError) -> [ContextBytes] {
        try keys.map { key throws(EnvelopeError) in
            try KeyContext(
                accountID: account.id, keyID: key.keyID, version: 1, alias: key.alias, destination: key.destination,
                injection: key.injection
            ).dekSeal(recipientKind: .account, recipientID: Blob(account.id.bytes), recipientPublicKey: account.accountPublicKey)
        }
    }
}

extension NewKey {
    /// A key as its owner enrolled it.
    fileprivate init(_ key: KeyMessages.Enroll, of account: AccountRecord, wrappedSeal: Blob) {
        self.init(
            record: KeyRecord(
                id: key.keyID, accountID: account.id, alias: key.alias, provider: key.provider, destination: key.destination,
                injection: key.injection, createdAt: account.createdAt, revokedAt: nil),
            version: KeyVersionRecord(key.version, keyID: key.keyID, state: .active, createdAt: account.createdAt),
            seals: [
                SealRecord(
                    keyID: key.keyID, version: 1, recipientKind: .account, recipientID: Blob(account.id.bytes),
                    recipientPublicKey: account.accountPublicKey, wrappedSeal: wrappedSeal)
            ])
    }
}
