package import Model
package import SecretMemory

/// A new bearer token: its text for the one who may use it, its digest for the one who checks it.
package struct MadeToken: ~Copyable, Sendable {
    /// ASCII.
    package let text: SecretBytes
    /// SHA-256 of the token's 32 random bytes.
    package let digest: Blob

    init(text: consuming SecretBytes, digest: Blob) {
        self.text = text
        self.digest = digest
    }

    /// Gives up the text.
    package consuming func takeText() -> SecretBytes { text }
}
