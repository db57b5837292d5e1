package import Model

/// A seal that was opened at its first use and encrypted again under the session AEAD key, for the store.
package struct ConvertedEntry: Sendable, Hashable {
    package let accountID: AccountID
    package let sessionID: SessionID
    package let keyID: KeyID
    package let version: UInt32
    /// nonce ‖ ciphertext ‖ tag, 60 bytes; to be KEK-wrapped.
    package let entry: Blob

    package init(accountID: AccountID, sessionID: SessionID, keyID: KeyID, version: UInt32, entry: Blob) {
        self.accountID = accountID
        self.sessionID = sessionID
        self.keyID = keyID
        self.version = version
        self.entry = entry
    }
}
