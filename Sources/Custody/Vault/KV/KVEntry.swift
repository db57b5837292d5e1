import SecretMemory

/// One version of the entry in Vault, with the keyring that stands in it.
final class KVEntry: Sendable {
    /// The entry's version, Vault's own count; what check-and-set compares.
    let number: Int
    let versions: KEKVersions
    private let keyring: Keyring

    init(number: Int, keyring: consuming Keyring) {
        self.number = number
        versions = KEKVersions(current: keyring.current, all: keyring.versions)
        self.keyring = keyring
    }

    func withKeyring<R: ~Copyable, E: Error>(_ body: (borrowing Keyring) throws(E) -> R) throws(E) -> R { try body(keyring) }
}
