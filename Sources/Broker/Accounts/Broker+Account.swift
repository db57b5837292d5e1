import Envelope
package import Model
import Store

extension Broker {
    /// The account (`show_account`; owner, and any access file, which seals to the account key).
    /// - Throws: `.loginRequired`, `.accessEnded`, `.forbidden`, `.unavailable`.
    package func showAccount(call: Call) async throws(BrokerError) -> AccountMessages.Account {
        try await audited(.showAccount, call) { (_) async throws(BrokerError) in
            try await accountMessage(try await acting(call, needs: nil).accountID)
        }
    }

    /// Replaces the slots by the kept ones and the added ones (`replace_slots`). The signature covers the new set and the revision it
    /// replaces, so that an old set cannot be put back.
    /// - Throws: `.revisionConflict`, `.signatureInvalid`, `.malformed`, `.costsRefused`, `.notFound` for a kept slot that is none.
    package func replaceSlots(_ message: AccountMessages.ReplaceSlots, call: Call) async throws(BrokerError) -> AccountMessages.Account {
        try await audited(.replaceSlots, call) { (facts) async throws(BrokerError) in
            let id = try call.ownerAccount()
            facts.subject = "+\(message.add.count)"
            let (account, identity) = try await account(id)
            guard account.revision == message.revision else {
                throw BrokerError(StoreError.revisionConflict(current: account.revision))
            }
            let present = try await stored { () async throws(StoreError) in try await store.slots(of: id) }
            let kept = present.filter { message.keep.contains($0.parameters.slotID) }
            guard kept.count == message.keep.count else {
                throw BrokerError(.notFound, "a slot to keep is not there; run: tacit account slots")
            }
            try checked { () throws(EnvelopeError) in
                for slot in message.add {
                    let record = try SlotRecord(verifying: slot)
                    guard record.epoch == account.accountKeyEpoch, record.accountPublicKey == account.accountPublicKey else {
                        throw .accountMismatch
                    }
                }
                try SlotList.verify(
                    kept.map(\.entry) + message.add.map(\.entry), revision: message.revision, signature: message.slotListSignature,
                    identity: identity)
            }
            try Self.requireUsableSlots(kinds: kept.map(\.parameters.kind) + message.add.map(\.parameters.kind))
            _ = try await retryingKEK { () async throws(BrokerError) in
                let added = try await wrapSlots(message.add, account: id, now: clock())
                return try await stored { () async throws(StoreError) in
                    try await store.replaceSlots(
                        of: id, keep: message.keep, add: added.rows, kekEpoch: added.kekEpoch,
                        slotListSignature: message.slotListSignature, expectedRevision: message.revision)
                }
            }
            await reload(id)
            return try await accountMessage(id)
        }
    }

    /// An account's row and the identity that follows from it.
    /// - Throws: `.loginRequired` where it is gone, `.integrity` where id and key do not belong together.
    func account(_ id: AccountID) async throws(BrokerError) -> (AccountRecord, AccountIdentity) {
        guard let record = try await stored({ () async throws(StoreError) in try await store.account(id) }) else { throw .loginRequired }
        return (record, try identity(of: record))
    }

    func accountMessage(_ id: AccountID) async throws(BrokerError) -> AccountMessages.Account {
        let (record, _) = try await account(id)
        let slots = try await stored { () async throws(StoreError) in try await store.slots(of: id) }
        return AccountMessages.Account(record, slots: slots)
    }

    /// The account an operator means by name or id.
    /// - Throws: `.malformed` where nothing or neither is given, `.notFound`.
    func account(named text: String?) async throws(BrokerError) -> AccountRecord {
        guard let text else { throw BrokerError(.malformed, "say which account: ?account=NAME") }
        if let name = AccountName(text),
            let record = try await stored({ () async throws(StoreError) in try await store.account(named: name) })
        {
            return record
        }
        if let id = AccountID(text: text), let record = try await stored({ () async throws(StoreError) in try await store.account(id) }) {
            return record
        }
        throw BrokerError(.notFound, "there is no such account; run: tacit status")
    }
}
