package import SecretMemory

/// A cached session token with its description.
package struct LoadedToken: ~Copyable, Sendable {
    package let description: CachedToken
    /// 68 ASCII characters.
    package let token: SecretBytes

    package consuming func takeToken() -> SecretBytes { token }
}
