import Envelope
import HTTPTransport
package import Model
import Primitives
package import SecretMemory

extension Owner {
    /// Makes a new identity, account key and slots in place of the account's, and moves every key there: each value is opened here, encrypted
    /// under a new DEK, and signed by the new identity. One change at the broker ends the old account with its sessions and access files.
    /// - Parameters:
    ///   - passphrase: of the new account; borrowed, the caller's to wipe.
    ///   - confirm: called for each key whose destination only an access file vouches for; the new identity will vouch for it.
    ///   - showCode: called with the new recovery code before anything is sent, because afterwards this program may be cut off.
    ///   - progress: called with each alias that is ready, and how many there are.
    /// - Returns: the new account, which is pinned in place of the old one on this device.
    package func renew(
        passphrase: borrowing SecretBytes, confirm: (KeyMessages.Key) throws(ClientError) -> Void,
        showCode: (borrowing SecretBytes) throws(ClientError) -> Void, progress: (Alias, Int) -> Void
    ) async throws(ClientError) -> AccountMessages.Account {
        try SecretText.checkNewPassphrase(passphrase)
        let renewed: AccountKeys
        do { renewed = try AccountKeys.make() } catch { throw .untrusted(error, what: "the new account") }
        let fresh = try await FreshSlots.make(for: renewed, passphrase: passphrase)
        let name = vault.account.name
        let journal = RenewalJournal(beside: vault.known)
        var answer: AccountMessages.Account?
        var attempt = 0
        while answer == nil {
            attempt += 1
            let renewal = try await renewal(to: renewed, slots: fresh.slots, confirm: confirm, progress: progress)
            if attempt == 1 {
                try showCode(fresh.recoveryCode)
                try journal.note(store: info.storeID, name: name, old: keys.accountID, new: renewed.accountID)
            }
            do {
                answer = try await vault.connection.send(
                    "POST", "/v1/account/renew", renewal, bearer: bearer, as: AccountMessages.Account.self)
            } catch {
                // A value that came meanwhile has to come along.
                if case .refused(409, "revision_conflict", _) = error, attempt < 5 { continue }
                if case .refused(400...499, _, _) = error { try? journal.forget(new: renewed.accountID) }
                throw error
            }
        }
        guard let answer else { throw .system("no answer") }
        guard answer.accountID == renewed.accountID, answer.name == name else {
            throw .untrusted(.accountMismatch, what: "the new account")
        }
        try vault.known.exchange(
            keys.accountID,
            for: KnownAccount(
                broker: vault.connection.origin.description, store: info.storeID, name: name, id: renewed.accountID, epoch: renewed.epoch))
        try journal.forget(new: renewed.accountID)
        return answer
    }

    /// The change as of the account's revision now.
    private func renewal(
        to renewed: borrowing AccountKeys, slots: [AccountMessages.NewSlot], confirm: (KeyMessages.Key) throws(ClientError) -> Void,
        progress: (Alias, Int) -> Void
    ) async throws(ClientError) -> RotationMessages.Renewal {
        let exports = try await exportAll()
        var enrolments: [KeyMessages.Enroll] = []
        for exported in exports {
            let signers = try VerifiedSigners(of: exported.key, writers: exported.writers, identity: keys.publicIdentity)
            if signers.unconfirmedWriter != nil { try confirm(exported.key) }
            enrolments.append(try enrolment(exported, for: renewed))
            progress(exported.key.alias, exports.count)
        }
        do throws(EnvelopeError) {
            let creation = try AccountCreation.make(name: vault.account.name, keys: renewed, slots: slots, invitation: nil)
            return try AccountRenewal.make(keys: keys, revision: account.revision, account: creation, enrolments: enrolments)
        } catch {
            throw .untrusted(error, what: "the new account")
        }
    }

    /// Every key with its ciphertexts, all of the account's one revision that the change is then signed for.
    private func exportAll() async throws(ClientError) -> [ExportedKey] {
        try await refresh()
        return try await retryingOnConflict { () throws(ClientError) in
            let revision = self.account.revision
            var exported: [ExportedKey] = []
            for alias in try await self.listKeys().keys.filter({ $0.revokedAt == nil }).map(\.alias).sorted() {
                let answer = try await self.export(alias)
                guard let key = answer.keys.first else { throw ClientError.unusableAnswer("key \(alias) is missing") }
                guard answer.revision == revision else {
                    throw ClientError.refused(
                        status: 409, code: "revision_conflict", message: "the account changed meanwhile; run the same command again")
                }
                exported.append(ExportedKey(key: key, writers: answer.writers ?? []))
            }
            return exported
        }
    }

    private func enrolment(
        _ exported: ExportedKey, for renewed: borrowing AccountKeys
    ) throws(ClientError) -> KeyMessages.Enroll {
        let key = exported.key
        let value = try KeyExport(key, writers: exported.writers, identity: keys.publicIdentity).openActive(with: keys)
        guard let keyID = KeyID(bytes: Random.bytes(16)) else { throw .system("no random bytes") }
        let now = vault.clock()
        do throws(EnvelopeError) {
            let accountKey = try VerifiedAccountKey(
                verifying: renewed.signAccountKey(), identity: renewed.publicIdentity, minimumEpoch: 1)
            let context = try KeyContext(
                accountID: renewed.accountID, keyID: keyID, version: 1, alias: key.alias, destination: key.destination,
                injection: key.injection)
            let version = try value.withBytes { (bytes) throws(EnvelopeError) in
                try KeyVersionMaker.make(
                    value: bytes, context: context, dek: DEK(), accountKey: accountKey, signedBy: renewed,
                    revision: AccountRenewal.keyRevision, signedAt: now)
            }
            return KeyMessages.Enroll(
                keyID: keyID, alias: key.alias, provider: key.provider, destination: key.destination, injection: key.injection,
                version: version)
        } catch {
            throw .untrusted(error, what: "key \(key.alias)")
        }
    }

    /// What the broker gave out of one key; opened when it is its turn.
    private struct ExportedKey {
        let key: KeyMessages.Key
        let writers: [AccessMessages.Access]
    }
}
