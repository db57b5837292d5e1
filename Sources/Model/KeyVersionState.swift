/// The life of one value of a provider key.
package enum KeyVersionState: String, Sendable, Codable, CaseIterable {
    /// Stored, not used yet.
    case pending
    /// What calls use.
    case active
    /// Replaced, still openable for a rollback.
    case grace
    /// Its ciphertext is shredded.
    case retired
}

/// Who signed a key version.
package struct Signer: Hashable, Sendable, Codable {
    package enum Kind: UInt8, Sendable, Codable { case identity = 1, writer = 2 }

    package let kind: Kind
    /// Ed25519, 32 bytes.
    package let publicKey: Blob

    package init(kind: Kind, publicKey: Blob) {
        self.kind = kind
        self.publicKey = publicKey
    }
}
