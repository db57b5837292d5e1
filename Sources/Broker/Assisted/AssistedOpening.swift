import Envelope
import Model
import SecretMemory

/// What one assisted unlock works on, and the two halves of its work: the passphrase opens the account, and the account opens keys.
/// Private keys live in the ``OpenedAccount`` between them and nowhere else.
struct AssistedOpening: Sendable {
    enum Outcome: Sendable {
        /// No slot opened with this passphrase.
        case wrongPassphrase
        case failed(BrokerError)
        case opened(OpenedAccount)
    }

    /// The account, or the decoy where there is none.
    let account: AccountMessages.Account
    /// Its passphrase slots, records unwrapped; never empty.
    let slots: [AccountMessages.NewSlot]
    let policy: SessionPolicy
    let label: String
    let issuedAt: UInt64
    let lifetimeSeconds: UInt64

    /// Derives and opens. Blocks for as long as the slots' costs take.
    func open(passphrase: SecretBox) -> Outcome {
        guard let passphrase = passphrase.take() else { return .failed(BrokerError(.internalError, "the passphrase was used before")) }
        for slot in slots {
            do throws(EnvelopeError) {
                let root = try passphrase.withBytes { (bytes) throws(EnvelopeError) in
                    try SlotRoot.derive(passphrase: bytes, accountID: account.accountID, parameters: slot.parameters)
                }
                return .opened(OpenedAccount(try root.open(slot, account: account, minimumEpoch: 1)))
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

    /// Makes the session, and leaves nothing but its message and token.
    /// - Parameter list: the keys that were asked for, read after the passphrase opened the account.
    func makeSession(_ account: OpenedAccount, _ list: KeyMessages.List) throws(BrokerError) -> (SessionMessages.Create, token: SecretBox) {
        guard !list.keys.isEmpty else { throw BrokerError(.aliasUnknown, "the account has no key to unlock; run: tacit enroll") }
        var versions: [SealedVersion] = []
        do throws(EnvelopeError) {
            let identity = account.keys.publicIdentity
            let writers = try TrustedWriters(verifying: list.writers ?? [], identity: identity)
            for key in list.keys { versions += try KeyVerifier.verify(key, identity: identity, writers: writers) }
        } catch { throw .integrity("key_versions") }
        do throws(EnvelopeError) {
            let made = try SessionMaker.make(
                keys: account.keys, versions: versions, policy: policy, label: label, issuedAt: issuedAt,
                lifetimeSeconds: lifetimeSeconds, accountRevision: list.revision)
            let message = made.message
            return (message, token: SecretBox(made.takeToken()))
        } catch {
            switch error {
            case .authenticationFailed, .commitmentMismatch: throw .integrity("seals")
            default: throw BrokerError(error)
            }
        }
    }
}
