import Envelope
import Model
package import SecretMemory

/// What opens an account on this device; owned by the login that uses it and wiped with it.
package struct LoginSecret: ~Copyable, Sendable {
    enum Kind: Sendable { case passphrase, recoveryCode }

    let kind: Kind
    private let text: SecretBytes

    private init(_ kind: Kind, _ text: consuming SecretBytes) {
        self.kind = kind
        self.text = text
    }

    /// - Parameter text: UTF-8 as typed, at most 1 024 bytes; brought to NFC when a slot is derived.
    package static func passphrase(_ text: consuming SecretBytes) -> LoginSecret {
        LoginSecret(.passphrase, text)
    }

    /// - Parameter text: ASCII as typed.
    package static func recoveryCode(_ text: consuming SecretBytes) -> LoginSecret {
        LoginSecret(.recoveryCode, text)
    }

    /// The kind of slot it may open.
    var slotKind: SlotKind {
        switch kind {
        case .passphrase: .passphrase
        case .recoveryCode: .recoveryCode
        }
    }

    borrowing func root(accountID: AccountID, parameters: SlotParameters) async throws(ClientError) -> SlotRoot {
        switch kind {
        case .passphrase:
            return try await SlotDerivation.root(passphrase: text, accountID: accountID, parameters: parameters)
        case .recoveryCode:
            let code = try SlotDerivation.recoveryCode(text)
            return try SlotDerivation.root(recoveryCode: code, accountID: accountID, parameters: parameters)
        }
    }
}
