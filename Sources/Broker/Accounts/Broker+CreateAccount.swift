import Custody
import Envelope
package import Model
import Store

extension Broker {
    /// Most slots an account may have here.
    static let maximumSlots = 16

    /// Creates an account from what the client made (`create_account`).
    ///
    /// Whether the caller may register is settled before anything else, so that a name shows as taken only to those who may. The
    /// invitation is used up in the transaction that stores the account.
    /// - Throws: `.registrationClosed`, `.invitationInvalid`, `.nameTaken`, `.accountExists`, `.signatureInvalid`, `.costsRefused`,
    ///   `.malformed`, `.kekUnreachable`.
    package func createAccount(_ message: AccountMessages.Create, call: Call) async throws(BrokerError) -> AccountMessages.Account {
        try await audited(.createAccount, call) { (facts) async throws(BrokerError) in
            facts.subject = message.name.text
            let invitation = try registrationRight(message, call: call)
            let identity = try checked { () throws(EnvelopeError) in try AccountCreation.verify(message) }
            try Self.requireUsableSlots(message.slots)
            let now = clock()
            let record = AccountRecord(
                id: identity.accountID, name: message.name, identityPublicKey: message.identityPublicKey,
                accountKeyEpoch: message.accountKey.epoch, accountPublicKey: message.accountKey.publicKey,
                accountKeySignature: message.accountKey.signature, slotListRevision: 0, slotListSignature: message.slotListSignature,
                revision: 1, createdAt: now)
            let slots = try await retryingKEK { () async throws(BrokerError) in
                let slots = try await wrapSlots(message.slots, account: identity.accountID, now: now)
                do throws(StoreError) {
                    try await store.createAccount(
                        record, slots: slots.rows, kekEpoch: slots.kekEpoch, invitationDigest: invitation, now: now)
                } catch .duplicate {
                    throw BrokerError(.accountExists, "an account with this identity key exists; log in with its name")
                } catch {
                    throw BrokerError(error)
                }
                return slots.rows
            }
            facts.accountID = identity.accountID
            await reload(identity.accountID)
            return AccountMessages.Account(record, slots: slots)
        }
    }

    /// The digest of the invitation that has to be used up; `nil` where none is needed.
    private func registrationRight(_ message: AccountMessages.Create, call: Call) throws(BrokerError) -> Blob? {
        switch call.principal {
        case .operator: break
        case .owner, .session, .access: throw .forbidden
        case .anonymous:
            switch configuration.registration {
            case .closed: throw BrokerError(.registrationClosed, "registration is closed; ask the operator")
            case .invite:
                guard message.invitation != nil else {
                    throw BrokerError(.invitationInvalid, "an account needs an invitation here; ask the operator (run: tacit invite)")
                }
            case .open: break
            }
        }
        guard let text = message.invitation else { return nil }
        let bytes = Array(text.utf8)
        guard let digest = BearerToken.digest(of: unsafe bytes.span.bytes, kind: .invitation) else {
            throw BrokerError(StoreError.invitationInvalid)
        }
        return digest
    }

    /// - Throws: `.malformed` for too many slots, or none that a person can open.
    static func requireUsableSlots(_ slots: [AccountMessages.NewSlot]) throws(BrokerError) {
        try requireUsableSlots(kinds: slots.map(\.parameters.kind))
    }

    /// The same for a set of which only the kinds are known.
    static func requireUsableSlots(kinds: [SlotKind]) throws(BrokerError) {
        guard kinds.count <= maximumSlots else { throw BrokerError(.malformed, "an account has at most \(maximumSlots) slots") }
        guard kinds.contains(where: { $0 == .passphrase || $0 == .recoveryCode }) else {
            throw BrokerError(.malformed, "an account needs at least one passphrase or recovery code slot")
        }
    }

    /// Slot records under the KEK, each bound to its account and parameters. Inside ``retryingKEK(_:)``.
    func wrapSlots(
        _ slots: [AccountMessages.NewSlot], account: AccountID, now: UInt64
    ) async throws(BrokerError) -> (rows: [SlotRow], kekEpoch: UInt32) {
        let items = try checked { () throws(EnvelopeError) in
            var items: [WrapItem] = []
            for slot in slots {
                let context = try WrapContexts.slot(accountID: account, parameters: slot.parameters)
                items.append(WrapItem(plaintext: slot.record, context: context))
            }
            return items
        }
        let (wraps, kekEpoch) = try await wrapped(items, row: "slots:\(account)")
        let rows = zip(slots, wraps).map { slot, wrap in
            SlotRow(accountID: account, parameters: slot.parameters, publicKey: slot.publicKey, wrappedRecord: wrap, createdAt: now)
        }
        return (rows, kekEpoch)
    }

    /// Runs a check of bytes that came in, with its error in the broker's words.
    func checked<R: ~Copyable>(_ body: () throws(EnvelopeError) -> R) throws(BrokerError) -> R {
        do throws(EnvelopeError) { return try body() } catch { throw BrokerError(error) }
    }
}
