import Envelope
package import Model
package import SecretMemory

extension Owner {
    /// Exchanges the passphrase: one new passphrase slot in place of every passphrase slot there is; recovery code and slots of other kinds
    /// stay. One change at the broker: the old passphrase logs in until it is made, the new one from then on.
    /// - Parameter passphrase: borrowed, the caller's to wipe; at least 8 characters.
    package func changePassphrase(_ passphrase: borrowing SecretBytes) async throws(ClientError) -> AccountMessages.Account {
        try SecretText.checkNewPassphrase(passphrase)
        let parameters: SlotParameters
        do { parameters = try SlotParameters.make(kind: .passphrase, costs: .standard) } catch {
            throw .untrusted(error, what: "a new slot")
        }
        let root = try await SlotDerivation.root(passphrase: passphrase, accountID: keys.accountID, parameters: parameters)
        let slot: AccountMessages.NewSlot
        do { slot = try root.makeSlot(for: keys) } catch { throw .untrusted(error, what: "a new slot") }
        return try await retryingOnConflict { () throws(ClientError) in
            try await self.replaceSlots(adding: [slot]) { $0.kind != .passphrase && $0.kind != .browserPassphrase }
        }
    }

    /// Makes a new recovery code in place of every one there is.
    /// - Returns: 39 ASCII characters, shown once and kept nowhere.
    package func changeRecoveryCode() async throws(ClientError) -> SecretBytes {
        let code = RecoveryCode()
        let slot: AccountMessages.NewSlot
        do throws(EnvelopeError) {
            let parameters = try SlotParameters.make(kind: .recoveryCode, costs: .none)
            slot = try SlotRoot.derive(recoveryCode: code, accountID: keys.accountID, parameters: parameters).makeSlot(for: keys)
        } catch {
            throw .untrusted(error, what: "a new slot")
        }
        _ = try await retryingOnConflict { () throws(ClientError) in
            try await self.replaceSlots(adding: [slot]) { $0.kind != .recoveryCode }
        }
        return code.text()
    }
}
