import Custody
import Envelope
import Logging
package import Model
import SecretMemory
import Store
import Synchronization

extension Broker {
    /// How long an owner's bearer lasts, in seconds.
    static let loginLifetimeSeconds: UInt64 = 900

    /// What a client needs to answer, and a nonce (`start_login`). A name nobody has gets false parameters on the same path.
    /// - Throws: `.kekUnreachable` until the secret behind the false parameters could be read: answering real names only would tell.
    package func startLogin(_ message: AccountMessages.LoginStart, call: Call) async throws(BrokerError) -> AccountMessages.LoginChallenge {
        try await audited(.startLogin, call) { (_) async throws(BrokerError) in
            let subject = try await loginSubject(message.name)
            return AccountMessages.LoginChallenge(
                accountID: subject.accountID, slots: subject.slots,
                serverNonce: challenges.issue(for: subject.accountID))
        }
    }

    /// Checks a login's answer and hands out a bearer for 15 minutes (`finish_login`). Name, slot, origin and signature fail as one, after
    /// the same work; a nonce that is not ours, used or over fails alike but at once, and counts as nobody's failure.
    /// - Throws: `.loginFailed`, `.tooManyLogins`, `.kekUnreachable`, `.integrity` where the account's own slot row does not open.
    package func finishLogin(_ message: AccountMessages.LoginFinish, call: Call) async throws(BrokerError) -> AccountMessages.LoggedIn {
        try await audited(.finishLogin, call) { (facts) async throws(BrokerError) in
            facts.subject = message.accountID.description
            let isAdmitted = { self.challenges.take(message.serverNonce, for: message.accountID) }
            let slot = try await delayed(account: message.accountID, peer: call.peer, isAdmitted) { () async throws(BrokerError) in
                let isOurs = accepts(origin: message.origin, from: call.peer.transport)
                let slot = try await provenSlot(message)
                return isOurs ? slot : nil
            }
            let account = try await accountMessage(message.accountID)
            let token = try checked { () throws(EnvelopeError) in try BearerToken.make(.owner) }
            let expiresAt = clock() + Self.loginLifetimeSeconds
            let record = LoginRecord(
                tokenDigest: token.digest, accountID: message.accountID, slotID: message.slotID, expiresAt: expiresAt)
            try await stored { () async throws(StoreError) in try await store.insertLogin(record) }
            facts.accountID = message.accountID
            facts.actor = Principal.owner(message.accountID, tokenDigest: token.digest).actor
            return AccountMessages.LoggedIn(bearer: Self.insecureText(token.text), expiresAt: expiresAt, account: account, slot: slot)
        }
    }

    /// Ends the bearer it is called with (`logout`).
    package func logout(call: Call) async throws(BrokerError) {
        try await audited(.logout, call) { (_) async throws(BrokerError) in
            _ = try call.ownerAccount()
            guard case .owner(_, let digest) = call.principal else { throw BrokerError.loginRequired }
            try await stored { () async throws(StoreError) in try await store.deleteLogin(tokenDigest: digest) }
        }
    }

    /// Runs one attempt at a login after the wait its failures have earned.
    /// - Parameters:
    ///   - isAdmitted: asked before the wait; `false` refuses the attempt, which is then neither failure nor success.
    ///   - body: `nil` for a failure; what it throws is neither failure nor success.
    /// - Throws: `.loginFailed`, `.tooManyLogins`, and what `body` throws.
    func delayed<R>(
        account: AccountID, peer: Peer, _ isAdmitted: () -> Bool = { true }, _ body: () async throws(BrokerError) -> R?
    ) async throws(BrokerError) -> R {
        let attempt = LoginDelays.Attempt(account: account, peer: peer)
        guard let seconds = delays.enter(attempt) else {
            throw BrokerError(.tooManyLogins, "too many logins wait already; try again in a moment", retryAfterSeconds: 30)
        }
        var succeeded: Bool?
        defer { delays.leave(attempt, succeeded: succeeded) }
        guard isAdmitted() else { throw BrokerError.loginFailed }
        if seconds > 0 {
            do { try await sleep(.seconds(Int64(seconds))) } catch { throw BrokerError.draining }
        }
        let result = try await body()
        succeeded = result != nil
        guard let result else { throw BrokerError.loginFailed }
        return result
    }

    /// An account by name, or what stands for one; the work is the same.
    func loginSubject(_ name: AccountName) async throws(BrokerError) -> (
        record: AccountRecord?, accountID: AccountID, slots: [SlotParameters]
    ) {
        let decoy = try await readyDecoy()
        guard let falseID = decoy.accountID(for: name) else { throw BrokerError(.internalError, "no false account id") }
        let falseSlots = decoy.parameters(for: name)
        let record = try await stored { () async throws(StoreError) in try await store.account(named: name) }
        let id = record?.id ?? falseID
        let rows = try await stored { () async throws(StoreError) in try await store.slots(of: id) }
        let slots = rows.map(\.parameters).sorted { $0.slotID < $1.slotID }
        return (record, id, record == nil ? falseSlots : slots)
    }

    /// The slot whose login key made the signature; `nil` where none did. A slot that is not there is played by the decoy.
    private func provenSlot(_ message: AccountMessages.LoginFinish) async throws(BrokerError) -> AccountMessages.NewSlot? {
        let decoy = try await readyDecoy()
        let rows = try await stored { () async throws(StoreError) in try await store.slots(of: message.accountID) }
        let row = rows.first { $0.parameters.slotID == message.slotID }
        let record: Blob
        if let row {
            let context = try checked { () throws(EnvelopeError) in
                try WrapContexts.slot(accountID: row.accountID, parameters: row.parameters)
            }
            record = try await openSlotRecord(row.wrappedRecord, context: context, account: message.accountID)
        } else {
            record = try await openDecoyRecord(decoy)
        }
        do throws(EnvelopeError) {
            try LoginSignature.verify(message, loginPublicKey: SlotRecord(parsing: record).loginPublicKey)
        } catch { return nil }
        return row.map { AccountMessages.NewSlot(parameters: $0.parameters, publicKey: $0.publicKey, record: record) }
    }

    /// Takes the KEK's wrap off a slot record.
    func openSlotRecord(_ wrapped: Blob, context: ContextBytes, account: AccountID) async throws(BrokerError) -> Blob {
        do throws(BrokerError) {
            let opened = try await inCustody("slots:\(account)") { () async throws(CustodyError) in
                try await custody.unwrap([UnwrapItem(wrap: wrapped, context: context)])
            }
            guard let record = opened.first else { throw BrokerError.integrity("slots:\(account)") }
            return record
        } catch {
            if error.code == .integrity { faults.add(account: account, IntegrityFault(table: "slots", id: account.description)) }
            throw error
        }
    }

    /// Whether a login may have been signed for this origin over this transport: `unix` over the socket and nowhere else.
    private func accepts(origin: String, from transport: Transport) -> Bool {
        switch transport {
        case .unix: origin == "unix"
        case .tcp, .tls: origin != "unix" && origins.contains(origin)
        }
    }

    /// The decoy, once the KEK has answered.
    func readyDecoy() async throws(BrokerError) -> LoginDecoy {
        if let decoy = decoy.withLock({ $0 }) { return decoy }
        let loaded = try await retryingKEK { () async throws(BrokerError) in
            let kek = pinnedKEK
            return try await LoginDecoy.load(store: store, custody: custody, wrapping: kek.custody) { version async throws(BrokerError) in
                try await self.kekEpoch(ofVersion: version, of: kek)
            }
        }
        let (standing, isNew) = decoy.withLock { decoy -> (LoginDecoy, Bool) in
            if let decoy { return (decoy, false) }
            decoy = loaded
            return (loaded, true)
        }
        if isNew, standing.standsIn {
            faults.addStoreFault(LoginDecoy.secretFault)
            logger.error("a stored row does not pass its check", metadata: ["row": "\(LoginDecoy.secretFault)"])
        }
        return standing
    }
}
