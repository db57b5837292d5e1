package import Model
package import Primitives
import SecretMemory

/// The 32 bytes a slot's keys are derived from, for one slot of one account (FORMAT section 6). It makes the slot, opens it and logs in.
package struct SlotRoot: ~Copyable, Sendable {
    /// Whose slot.
    package let accountID: AccountID
    /// Which slot, and what a guess costs.
    package let parameters: SlotParameters

    private let root: SecretBytes

    /// Derives the root from a passphrase: Argon2id or PBKDF2, as the kind says. Takes a good part of a second and, for Argon2id, its
    /// whole memory: never on an event loop or a thread of the cooperative pool.
    /// - Parameter passphrase: UTF-8 as typed, 1 to 1 024 bytes; normalised here, the caller's to wipe.
    /// - Throws: `.costsRefused` before anything is run; `.malformed` for a passphrase that is none or a slot of another kind;
    ///   `.libraryFailure` for want of memory.
    package static func derive(
        passphrase: RawSpan, accountID: AccountID, parameters: SlotParameters
    ) throws(EnvelopeError) -> SlotRoot {
        try parameters.requireAcceptable()
        let normalized = try Passphrase.normalize(passphrase)
        let salt = parameters.salt.bytes
        let root: SecretBytes
        do throws(PrimitiveError) {
            switch (parameters.kind, parameters.costs) {
            case (.passphrase, .argon2id(let memoryKiB, let passes)):
                root = try normalized.withBytes { (passphrase) throws(PrimitiveError) in
                    try Argon2id.derive(passphrase: passphrase, salt: unsafe salt.span.bytes, memoryKiB: memoryKiB, passes: passes)
                }
            case (.browserPassphrase, .pbkdf2(let iterations)):
                root = try normalized.withBytes { (passphrase) throws(PrimitiveError) in
                    try PBKDF2SHA256.derive(passphrase: passphrase, salt: unsafe salt.span.bytes, iterations: iterations)
                }
            default: throw PrimitiveError.invalidCost
            }
        } catch {
            throw EnvelopeError(error)
        }
        return SlotRoot(accountID: accountID, parameters: parameters, root: root)
    }

    /// Derives the root from a recovery code, whose full entropy needs no costs.
    /// - Throws: `.costsRefused` for a slot of another kind, `.malformed` for a salt that is not 16 bytes.
    package static func derive(
        recoveryCode: borrowing RecoveryCode, accountID: AccountID, parameters: SlotParameters
    ) throws(EnvelopeError) -> SlotRoot {
        try parameters.requireAcceptable()
        guard parameters.kind == .recoveryCode else { throw .costsRefused }
        let info = try ContextBytes(
            .recovery, [ContextField(.accountID, accountID), ContextField(.slotID, parameters.slotID)])
        let salt = parameters.salt.bytes
        let root = try recoveryCode.withBytes { (code) throws(EnvelopeError) in
            try Derivation.derive(code, salt: salt, info: info)
        }
        return SlotRoot(accountID: accountID, parameters: parameters, root: root)
    }

    private init(accountID: AccountID, parameters: SlotParameters, root: consuming SecretBytes) {
        self.accountID = accountID
        self.parameters = parameters
        self.root = root
    }

    /// Takes a root that is already derived, for vectors.
    init(accountID: AccountID, parameters: SlotParameters, rawRoot: consuming SecretBytes) throws(EnvelopeError) {
        guard rawRoot.count == 32 else { throw .malformed("slot root") }
        self.init(accountID: accountID, parameters: parameters, root: rawRoot)
    }

    /// The key that answers login challenges for this slot.
    package borrowing func loginKey() throws(EnvelopeError) -> Ed25519PrivateKey {
        try Ed25519PrivateKey(opened: derive(.slotLogin))
    }

    /// The key that encrypts the slot's private key.
    borrowing func slotKey() throws(EnvelopeError) -> SecretBytes {
        try derive(.slotKey)
    }

    private borrowing func derive(_ kind: ContextKind) throws(EnvelopeError) -> SecretBytes {
        let info = try ContextBytes(kind, SlotFields.fields(accountID, parameters))
        return try root.withBytes { (root) throws(EnvelopeError) in try Derivation.derive(root, info: info) }
    }
}
