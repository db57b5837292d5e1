import Envelope
import Model
package import SecretMemory

extension Vault {
    /// Makes an account: identity key, account key, a passphrase slot and a recovery slot, all on this device; then pins it.
    /// - Parameters:
    ///   - passphrase: borrowed, the caller's to wipe; at least 8 characters.
    ///   - invitation: `tci_…` where the broker asks for one.
    /// - Throws: `.invalidInput`, `.pinMismatch` where the name is known to be another account, `.refused` (409 `name_taken`, 403).
    package func create(passphrase: borrowing SecretBytes, invitation: String?) async throws(ClientError) -> NewAccount {
        try SecretText.checkNewPassphrase(passphrase)
        let info = try await info()
        let keys: AccountKeys
        do { keys = try AccountKeys.make() } catch { throw .untrusted(error, what: "the new account") }
        try check(keys.accountID, store: info.storeID)
        let fresh = try await FreshSlots.make(for: keys, passphrase: passphrase)
        let message: AccountMessages.Create
        do {
            message = try AccountCreation.make(name: account.name, keys: keys, slots: fresh.slots, invitation: invitation)
        } catch {
            throw .untrusted(error, what: "the new account")
        }
        let answer = try await connection.send("POST", "/v1/accounts", message, as: AccountMessages.Account.self)
        guard answer.accountID == keys.accountID, answer.name == account.name else {
            throw .untrusted(.accountMismatch, what: "the new account")
        }
        var pinFailure: ClientError?
        do { try pin(keys.accountID, epoch: keys.epoch, store: info.storeID) } catch { pinFailure = error }
        return NewAccount(account: answer, recoveryCode: fresh.takeRecoveryCode(), pinFailure: pinFailure)
    }
}
