package import Model
package import SecretMemory

/// An account just made or recovered, with the recovery code that is shown once and kept nowhere.
package struct NewAccount: ~Copyable, Sendable {
    package let account: AccountMessages.Account
    /// 39 ASCII characters.
    package let recoveryCode: SecretBytes
    /// Why the account could not be pinned on this device; the account stands all the same, and its code must be shown first.
    package let pinFailure: ClientError?
}
