import Custody
import Envelope
import Model
import Primitives
import SecretMemory
import Store
import Synchronization

/// What answers for a name that nobody has, so that asking does not tell names apart: false slot parameters, always the same for one
/// name, and a slot record that is unwrapped and whose signature is checked like a real one, but that nobody can sign for.
final class LoginDecoy: Sendable {
    /// Name of the store secret behind the false parameters; the same for all brokers of a store.
    static let secretName = "login-decoy"

    /// Of an account that was made and thrown away at the start.
    let account: AccountMessages.Account
    let slot: AccountMessages.NewSlot
    /// The slot's record under the KEK, and the context it was wrapped with.
    let wrapped: Mutex<Blob>
    let context: ContextBytes
    /// Whether the store secret did not open, and a random one stands in for it until the end of this process.
    let standsIn: Bool
    private let secret: SecretBytes

    private init(
        account: AccountMessages.Account, slot: AccountMessages.NewSlot, wrappedRecord: Blob, context: ContextBytes,
        secret: consuming SecretBytes, standsIn: Bool
    ) {
        self.standsIn = standsIn
        self.account = account
        self.slot = slot
        wrapped = Mutex(wrappedRecord)
        self.context = context
        self.secret = secret
    }

    var wrappedRecord: Blob { wrapped.withLock { $0 } }

    /// The row of the store secret, as `/readyz` names it.
    static let secretFault = IntegrityFault(table: "secrets", id: secretName)

    /// Reads the store secret, makes it where there is none, and prepares the false slot. Where the stored one was altered, a random one
    /// stands in: false answers then differ from those before, but logins go on.
    /// - Parameters:
    ///   - wrapping: the custody that wraps what is new.
    ///   - epoch: the epoch of a version of `wrapping`.
    /// - Throws: `.kekUnreachable`, `.kekChanged`, `.unavailable`.
    static func load(
        store: any Store, custody: any Custody, wrapping: any Custody, epoch: @Sendable (UInt32) async throws(BrokerError) -> UInt32
    ) async throws(BrokerError) -> LoginDecoy {
        let secret: SecretBytes
        let standsIn: Bool
        do throws(BrokerError) {
            secret = try await loadSecret(store: store, custody: custody, wrapping: wrapping, epoch: epoch)
            standsIn = false
        } catch {
            guard error.code == .integrity else { throw error }
            secret = Random.secret(32)
            standsIn = true
        }
        let (account, slot) = try makeSlot()
        let context: ContextBytes
        do throws(EnvelopeError) {
            context = try WrapContexts.slot(accountID: account.accountID, parameters: slot.parameters)
        } catch { throw BrokerError(error) }
        do throws(CustodyError) {
            guard let wrapped = try await custody.wrap([WrapItem(plaintext: slot.record, context: context)]).first else {
                throw CustodyError.integrity
            }
            return LoginDecoy(account: account, slot: slot, wrappedRecord: wrapped, context: context, secret: secret, standsIn: standsIn)
        } catch { throw BrokerError(error, row: "login decoy") }
    }

    /// The false account id of a name.
    func accountID(for name: AccountName) -> AccountID? {
        AccountID(bytes: Array(derive("account", name).prefix(16)))
    }

    /// The false slots of a name: a passphrase and a recovery code at the standard costs, as a new account has them; ascending by id.
    func parameters(for name: AccountName) -> [SlotParameters] {
        let kinds: [(SlotKind, SlotCosts)] = [(.passphrase, .standard), (.recoveryCode, .none)]
        return kinds.compactMap { kind, costs -> SlotParameters? in
            let bytes = derive("slot-\(kind.rawValue)", name)
            guard let id = SlotID(bytes: Array(bytes.prefix(16))) else { return nil }
            return SlotParameters(slotID: id, kind: kind, salt: Blob(Array(bytes.suffix(16))), costs: costs)
        }.sorted { $0.slotID < $1.slotID }
    }

    /// HMAC-SHA-256 of purpose ‖ 0 ‖ name: 32 bytes.
    private func derive(_ purpose: String, _ name: AccountName) -> [UInt8] {
        let message = Array(purpose.utf8) + [0] + Array(name.text.utf8)
        return secret.withBytes { key in HMACSHA256.authenticate(unsafe message.span.bytes, key: key) }
    }

    private static func loadSecret(
        store: any Store, custody: any Custody, wrapping: any Custody, epoch: @Sendable (UInt32) async throws(BrokerError) -> UInt32
    ) async throws(BrokerError) -> SecretBytes {
        let context: ContextBytes
        do throws(EnvelopeError) {
            context = try WrapContexts.storeSecret(storeID: store.storeID, name: secretName)
        } catch { throw BrokerError(error) }
        do {
            if let wrapped = try await store.secret(named: secretName) {
                return try await custody.unwrapSecret(wrapped, context: context)
            }
            let fresh = Random.secret(32)
            let wrapped = try await wrapping.wrapSecret(fresh, context: context)
            guard let version = wrapping.version(of: wrapped) else { throw CustodyError.integrity }
            let standing = try await store.insertSecret(named: secretName, wrapped: wrapped, kekEpoch: try await epoch(version))
            return try await custody.unwrapSecret(standing, context: context)
        } catch let error as CustodyError {
            throw BrokerError(error, row: "secrets:\(secretName)")
        } catch let error as StoreError {
            throw BrokerError(error)
        } catch let error as BrokerError {
            throw error
        } catch {
            throw BrokerError(.internalError, "the store secret could not be read; run: tacit doctor")
        }
    }

    /// An account with one slot whose root nobody keeps.
    private static func makeSlot() throws(BrokerError) -> (AccountMessages.Account, AccountMessages.NewSlot) {
        do throws(EnvelopeError) {
            let keys = try AccountKeys.make()
            let parameters = try SlotParameters.make(kind: .recoveryCode, costs: .none)
            let root = try SlotRoot.derive(recoveryCode: RecoveryCode(), accountID: keys.accountID, parameters: parameters)
            let slot = try root.makeSlot(for: keys)
            guard let name = AccountName("nobody") else { throw .libraryFailure }
            let account = AccountMessages.Account(
                accountID: keys.accountID, name: name, identityPublicKey: Blob(keys.publicIdentity.publicKey.bytes),
                accountKey: try keys.signAccountKey(), revision: 1, slots: [slot.entry], slotListRevision: 0,
                slotListSignature: try SlotList.sign([slot.entry], revision: 0, keys: keys), createdAt: 0)
            return (account, slot)
        } catch { throw BrokerError(error) }
    }
}
