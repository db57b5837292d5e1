import Envelope
import Model
import SecretMemory

/// The slots of a new passphrase and a new recovery code, made for account keys on this device.
struct FreshSlots: ~Copyable, Sendable {
    let slots: [AccountMessages.NewSlot]
    let recoveryCode: SecretBytes

    static func make(for keys: borrowing AccountKeys, passphrase: borrowing SecretBytes) async throws(ClientError) -> FreshSlots {
        let passphraseParameters: SlotParameters
        let recoveryParameters: SlotParameters
        do throws(EnvelopeError) {
            passphraseParameters = try SlotParameters.make(kind: .passphrase, costs: .standard)
            recoveryParameters = try SlotParameters.make(kind: .recoveryCode, costs: .none)
        } catch {
            throw .untrusted(error, what: "a new slot")
        }
        let code = RecoveryCode()
        let passphraseRoot = try await SlotDerivation.root(
            passphrase: passphrase, accountID: keys.accountID, parameters: passphraseParameters)
        let recoveryRoot = try SlotDerivation.root(recoveryCode: code, accountID: keys.accountID, parameters: recoveryParameters)
        do throws(EnvelopeError) {
            return FreshSlots(
                slots: [try passphraseRoot.makeSlot(for: keys), try recoveryRoot.makeSlot(for: keys)], recoveryCode: code.text())
        } catch {
            throw .untrusted(error, what: "a new slot")
        }
    }

    consuming func takeRecoveryCode() -> SecretBytes { recoveryCode }
}
