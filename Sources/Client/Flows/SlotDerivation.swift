import Envelope
import Model
import SecretMemory

/// Turning what a person knows into a slot's root, away from the threads of Swift's tasks: Argon2id takes a good part of a second.
enum SlotDerivation {
    /// - Parameter passphrase: borrowed; stays the caller's.
    static func root(
        passphrase: borrowing SecretBytes, accountID: AccountID, parameters: SlotParameters
    ) async throws(ClientError) -> SlotRoot {
        let box = SecretBox(passphrase.copy())
        return try await SlowWork.run { () throws(ClientError) -> SlotRoot in
            guard let passphrase = box.take() else { throw .system("the passphrase was used already") }
            do throws(EnvelopeError) {
                return try passphrase.withBytes { (bytes) throws(EnvelopeError) in
                    try SlotRoot.derive(passphrase: bytes, accountID: accountID, parameters: parameters)
                }
            } catch {
                switch error {
                case .malformed, .tooLarge: throw .invalidInput("this passphrase cannot be used: \(error)")
                default: throw .untrusted(error, what: "the account's passphrase slot")
                }
            }
        }
    }

    /// - Throws: `.invalidInput` for a code with a typing error.
    static func root(
        recoveryCode: borrowing RecoveryCode, accountID: AccountID, parameters: SlotParameters
    ) throws(ClientError) -> SlotRoot {
        do { return try SlotRoot.derive(recoveryCode: recoveryCode, accountID: accountID, parameters: parameters) } catch {
            throw .untrusted(error, what: "the account's recovery slot")
        }
    }

    /// Reads a code as people type it.
    /// - Throws: `.invalidInput`.
    static func recoveryCode(_ text: borrowing SecretBytes) throws(ClientError) -> RecoveryCode {
        do {
            return try text.withBytes { (bytes) throws(EnvelopeError) in try RecoveryCode(reading: bytes) }
        } catch {
            throw .invalidInput("this is no recovery code, or one with a typing error: it has 8 groups of 4 letters and digits")
        }
    }
}
