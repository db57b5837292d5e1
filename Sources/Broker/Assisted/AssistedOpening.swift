import Envelope
import Model
import SecretMemory

/// What one assisted unlock works on, and the work itself. Private keys live inside ``run(passphrase:)`` and nowhere else.
struct AssistedOpening: Sendable {
    enum Outcome: Sendable {
        /// No slot opened with this passphrase.
        case wrongPassphrase
        case failed(BrokerError)
        case made(SessionMessages.Create, token: SecretBox)
    }

    /// The account, or the decoy where there is none.
    let account: AccountMessages.Account
    /// Its passphrase slots, records unwrapped; never empty.
    let slots: [AccountMessages.NewSlot]
    /// The keys that were asked for, or why there are none; told only to whoever knew the passphrase.
    let keys: Result<KeyMessages.List, BrokerError>
    let policy: SessionPolicy
    let label: String
    let issuedAt: UInt64
    let lifetimeSeconds: UInt64

    /// Derives, opens, makes the session, and wipes everything but its token. Blocks for as long as the slot's costs take.
    func run(passphrase: SecretBox) -> Outcome {
        guard let passphrase = passphrase.take() else { return .failed(BrokerError(.internalError, "the passphrase was used before")) }
        for slot in slots {
            do throws(EnvelopeError) {
                let root = try passphrase.withBytes { (bytes) throws(EnvelopeError) in
                    try SlotRoot.derive(passphrase: bytes, accountID: account.accountID, parameters: slot.parameters)
                }
                let keys = try root.open(slot, account: account, minimumEpoch: 1)
                return makeSession(keys)
            } catch {
                switch error {
                case .authenticationFailed: continue
                case .malformed, .tooLarge: return .failed(BrokerError(.malformed, "the passphrase is not 1 to 1024 bytes of text"))
                case .libraryFailure: return .failed(BrokerError(error))
                default: return .failed(.integrity("slots:\(account.accountID)"))
                }
            }
        }
        return .wrongPassphrase
    }

    private func makeSession(_ accountKeys: borrowing AccountKeys) -> Outcome {
        let list: KeyMessages.List
        switch keys {
        case .success(let keys): list = keys
        case .failure(let error): return .failed(error)
        }
        guard !list.keys.isEmpty else { return .failed(BrokerError(.aliasUnknown, "the account has no key to unlock; run: tacit enroll")) }
        var versions: [SealedVersion] = []
        do throws(EnvelopeError) {
            for key in list.keys { versions += try KeyVerifier.verify(key, identity: accountKeys.publicIdentity, writers: .none) }
        } catch { return .failed(.integrity("key_versions")) }
        do throws(EnvelopeError) {
            let made = try SessionMaker.make(
                keys: accountKeys, versions: versions, policy: policy, label: label, issuedAt: issuedAt,
                lifetimeSeconds: lifetimeSeconds, accountRevision: list.revision)
            let message = made.message
            return .made(message, token: SecretBox(made.takeToken()))
        } catch {
            switch error {
            case .authenticationFailed, .commitmentMismatch: return .failed(.integrity("seals"))
            default: return .failed(BrokerError(error))
            }
        }
    }
}
