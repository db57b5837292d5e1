import Custody
import Envelope
package import Model
import Store

extension Broker {
    /// Longest body of `rotate_account_key`, in bytes: 1 000 keys with 8 versions each, at about 230 bytes a seal.
    package static let maximumAccountKeyBytes = 4 * 1024 * 1024

    /// Gives the account a new key (`rotate_account_key`): its private half is sealed to every slot, every DEK that is not retired to its
    /// public half, all in one transaction. The slots' other parts stay as they are.
    /// - Throws: `.revisionConflict`, `.signatureInvalid`, `.malformed` where slots or versions are not exactly the account's,
    ///   `.kekUnreachable`, `.integrity` where a slot record does not open.
    package func rotateAccountKey(
        _ message: RotationMessages.AccountKeyChange, call: Call
    ) async throws(BrokerError) -> AccountMessages.Account {
        try await audited(.rotateAccountKey, call) { (facts) async throws(BrokerError) in
            let id = try call.ownerAccount()
            facts.subject = "epoch \(message.accountKey.epoch)"
            let state = try await accountState(id)
            let identity = try identity(of: state.account)
            guard state.revision == message.revision else {
                throw BrokerError(StoreError.revisionConflict(current: state.revision))
            }
            let key = try checked { () throws(EnvelopeError) in
                try AccountKeyRotation.verify(message, identity: identity, currentEpoch: state.account.accountKeyEpoch)
            }
            let slots = try await changedSlots(message, of: id, key: key)
            let seals = try Self.accountSeals(message, of: state)
            let items = slots.map { WrapItem(plaintext: $0.record, context: $0.context) } + seals.map(\.item)
            try await retryingKEK { () async throws(BrokerError) in
                let (wraps, kekEpoch) = try await wrapped(items, row: "slots:\(id)")
                let records = Dictionary(zip(slots.map(\.id), wraps), uniquingKeysWith: { first, _ in first })
                let sealRecords = zip(seals, wraps.dropFirst(slots.count)).map { seal, wrap in
                    SealRecord(
                        keyID: seal.message.keyID, version: seal.message.version, recipientKind: .account,
                        recipientID: Blob(id.bytes), recipientPublicKey: message.accountKey.publicKey, wrappedSeal: wrap)
                }
                _ = try await stored { () async throws(StoreError) in
                    try await store.replaceAccountKey(
                        of: id, key: message.accountKey, slots: records, seals: sealRecords, kekEpoch: kekEpoch,
                        expectedRevision: message.revision)
                }
            }
            await reload(id)
            return try await accountMessage(id)
        }
    }

    private struct ChangedSlot {
        let id: SlotID
        let record: Blob
        let context: ContextBytes
    }

    /// The account's slot records with the new key in them.
    private func changedSlots(
        _ message: RotationMessages.AccountKeyChange, of id: AccountID, key: VerifiedAccountKey
    ) async throws(BrokerError) -> [ChangedSlot] {
        let rows = try await stored { () async throws(StoreError) in try await store.slots(of: id) }
        let seals = Dictionary(message.slots.map { ($0.slotID, $0.accountKeySeal) }, uniquingKeysWith: { first, _ in first })
        guard Set(rows.map(\.parameters.slotID)) == Set(seals.keys) else {
            throw BrokerError(.malformed, "the new key is sealed to exactly the account's slots; run: tacit account slots")
        }
        let contexts = try checked { () throws(EnvelopeError) in
            try rows.map { row throws(EnvelopeError) in try WrapContexts.slot(accountID: id, parameters: row.parameters) }
        }
        let items = zip(rows, contexts).map { UnwrapItem(wrap: $0.wrappedRecord, context: $1) }
        let opened: [Blob]
        do throws(BrokerError) {
            opened = try await inCustody("slots:\(id)") { () async throws(CustodyError) in try await custody.unwrap(items) }
        } catch {
            if error.code == .integrity { faults.add(account: id, IntegrityFault(table: "slots", id: id.description)) }
            throw error
        }
        var changed: [ChangedSlot] = []
        for (row, (record, context)) in zip(rows, zip(opened, contexts)) {
            guard let seal = seals[row.parameters.slotID] else { continue }
            let renewed = try checked { () throws(EnvelopeError) in
                try SlotRecord(parsing: record).replacingAccountKey(key, seal: seal).encoded()
            }
            changed.append(ChangedSlot(id: row.parameters.slotID, record: renewed, context: context))
        }
        return changed
    }

    private struct AccountSeal {
        let message: RotationMessages.VersionSeal
        let item: WrapItem
    }

    /// The new seals with what each is bound to. That they are those of exactly the account's versions is checked in the transaction too.
    private static func accountSeals(
        _ message: RotationMessages.AccountKeyChange, of state: StoredAccount
    ) throws(BrokerError) -> [AccountSeal] {
        let live = state.keys.filter { $0.record.revokedAt == nil }
        let keys = Dictionary(live.map { ($0.record.id, $0) }, uniquingKeysWith: { first, _ in first })
        var seals: [AccountSeal] = []
        for seal in message.keys {
            guard let key = keys[seal.keyID], key.versions.contains(where: { $0.version == seal.version && $0.state != .retired }) else {
                throw BrokerError(.malformed, "a seal of a version the account does not have; run: tacit keys")
            }
            do throws(EnvelopeError) {
                let context = try KeyContext(key: key.record, version: seal.version).dekSeal(
                    recipientKind: .account, recipientID: Blob(state.account.id.bytes),
                    recipientPublicKey: message.accountKey.publicKey)
                seals.append(AccountSeal(message: seal, item: WrapItem(plaintext: seal.accountSeal, context: context)))
            } catch { throw BrokerError(error) }
        }
        return seals
    }
}
