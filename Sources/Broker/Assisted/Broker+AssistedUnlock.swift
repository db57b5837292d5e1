import Envelope
package import Model
package import SecretMemory
import Store

/// What an assisted unlock answers.
package struct AssistedUnlocked: Sendable {
    package let session: SessionMessages.Session
    /// The session token, 68 ASCII characters; taken once.
    package let token: SecretBox
}

extension Broker {
    /// Passphrase slots that are tried one after the other.
    static let maximumTriedSlots = 4

    /// Whether the route is there for this caller; asked before the body is read.
    /// - Throws: `.assistedUnlockOff`, `.tlsRequired`, `.draining`.
    package func requireAssistedUnlock(from peer: Peer) throws(BrokerError) {
        guard configuration.assistedUnlock else {
            throw BrokerError(.assistedUnlockOff, "assisted unlock is off; run: tacit unlock, or start the broker with --assisted-unlock")
        }
        guard peer.transport != .tcp else {
            throw BrokerError(.tlsRequired, "a passphrase goes over TLS or the Unix socket only; use https: or unix:")
        }
    }

    /// Unlocks in the broker (`assisted_unlock`): the passphrase and the account's private keys are in its memory for the time of this
    /// call, in guarded memory, and are wiped before it returns.
    /// - Parameter body: the request's raw body; borrowed, the caller wipes it.
    /// - Throws: `.loginFailed` for a wrong name or passphrase, `.busy`, `.tooManyLogins`, `.aliasUnknown`, `.keyRevoked`,
    ///   `.lifetimeRefused`, `.malformed`, `.kekUnreachable`, `.integrity`.
    package func assistedUnlock(body: borrowing SecretBytes, call: Call) async throws(BrokerError) -> AssistedUnlocked {
        try requireAssistedUnlock(from: call.peer)
        let parsed: Result<AssistedUnlockRequest, BrokerError>
        do throws(BrokerError) {
            parsed = .success(try body.withBytes { (bytes) throws(BrokerError) in try AssistedUnlockRequest(parsing: bytes) })
        } catch { parsed = .failure(error) }
        return try await audited(.assistedUnlock, call) { (facts) async throws(BrokerError) in
            let request = try parsed.get()
            try Self.requireLabel(request.label)
            let subject = try await loginSubject(request.name)
            facts.subject = subject.accountID.description
            let (message, token) = try await delayed(account: subject.accountID, peer: call.peer) {
                () async throws(BrokerError) -> (SessionMessages.Create, SecretBox)? in
                try await assistedQueue.run { () async throws(BrokerError) -> (SessionMessages.Create, SecretBox)? in
                    let opening = try await opening(request, record: subject.record, falseSlots: subject.slots)
                    switch await AssistedUnlockQueue.onThread({ opening.open(passphrase: request.passphrase) }) {
                    case .wrongPassphrase: return nil
                    case .failed(let error): throw error
                    case .opened(let account):
                        // Read only now: what the account holds, and how long reading it takes, is for whoever knew the passphrase.
                        return try opening.makeSession(account, try await sealedKeys(request.aliases, of: subject.accountID))
                    }
                }
            }
            facts.accountID = subject.accountID
            facts.actor = "owner:\(subject.accountID)"
            return AssistedUnlocked(session: try await installSession(message, account: subject.accountID), token: token)
        }
    }

    /// Everything the derivation needs, read beforehand. An account that is not there, or has no passphrase slot, is played by the
    /// decoy: its slot is unwrapped as a real one is, and the same derivation runs and fails.
    private func opening(
        _ request: AssistedUnlockRequest, record: AccountRecord?, falseSlots: [SlotParameters]
    ) async throws(BrokerError) -> AssistedOpening {
        let decoy = try await readyDecoy()
        var account = decoy.account
        var slots: [AccountMessages.NewSlot] = []
        let rows = try await stored { () async throws(StoreError) in try await store.slots(of: record?.id ?? decoy.account.accountID) }
        if let record {
            for row in rows where row.parameters.kind == .passphrase && slots.count < Self.maximumTriedSlots {
                let context = try checked { () throws(EnvelopeError) in
                    try WrapContexts.slot(accountID: record.id, parameters: row.parameters)
                }
                let opened = try await openSlotRecord(row.wrappedRecord, context: context, account: record.id)
                slots.append(AccountMessages.NewSlot(parameters: row.parameters, publicKey: row.publicKey, record: opened))
            }
            if !slots.isEmpty { account = AccountMessages.Account(record, slots: rows) }
        }
        if slots.isEmpty {
            let parameters = falseSlots.first { $0.kind == .passphrase } ?? decoy.passphraseParameters
            let opened = try await openDecoyRecord(decoy)
            slots = [AccountMessages.NewSlot(parameters: parameters, publicKey: decoy.slot.publicKey, record: opened)]
        }
        return AssistedOpening(
            account: account, slots: slots, policy: request.policy, label: request.label, issuedAt: clock(),
            lifetimeSeconds: request.ttlSeconds)
    }
}

extension LoginDecoy {
    /// Parameters of a passphrase slot at the standard costs.
    var passphraseParameters: SlotParameters {
        SlotParameters(slotID: slot.parameters.slotID, kind: .passphrase, salt: slot.parameters.salt, costs: .standard)
    }
}
