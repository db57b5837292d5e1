package import Model
package import SecretMemory

/// A session this device made: its description by the broker and its token.
package struct UnlockedSession: ~Copyable, Sendable {
    package let session: SessionMessages.Session
    /// Names and providers of the keys it opens.
    package let keys: [KeyMessages.Key]
    /// 68 ASCII characters.
    package let token: SecretBytes
}

extension UnlockedSession {
    package consuming func takeToken() -> SecretBytes { token }
}
