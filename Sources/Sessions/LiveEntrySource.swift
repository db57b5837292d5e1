package import Model

/// One DEK a session can open, the KEK's wrap already taken off.
package struct LiveEntrySource: Sendable, Hashable {
    /// How the DEK is closed; neither form opens without the session's token.
    package enum Material: Sendable, Hashable {
        /// nonce ‖ ciphertext ‖ tag under the session AEAD key, 60 bytes.
        case entry(Blob)
        /// HPKE seal to the session's X25519 key, 80 bytes; left by a rotation and turned into an entry at its first use.
        case seal(Blob)
    }

    package let keyID: KeyID
    package let version: UInt32
    package let material: Material

    package init(keyID: KeyID, version: UInt32, material: Material) {
        self.keyID = keyID
        self.version = version
        self.material = material
    }
}
