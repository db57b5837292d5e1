package import Envelope
package import HTTPTransport
package import Model
import Primitives
package import SecretMemory
import Synchronization

/// A keyring that lies in HashiCorp Vault's (or OpenBao's) key-value engine, version 2, as the field `keyring` of one entry.
///
/// It is fetched for each batch into guarded memory and wiped with the batch's end. Unlike with transit, this process holds the keys
/// while it works, and whoever may read the entry has them.
package final class VaultKV: Custody {
    /// The field of the entry.
    static let field = "keyring"

    let place: KVPlace
    let client: VaultClient
    /// Whether a keyring may be made where there never was an entry: for a new store, until one was seen.
    private let mayCreate: Mutex<Bool>

    package let kind = "vault-kv"
    package var uri: String { place.uri }

    /// Contacts nobody yet.
    /// - Parameter mayCreate: whether the store is new, so that the keyring is made with it.
    /// - Throws: `.misconfigured` for settings that can never work.
    package init(
        origin: HTTPOrigin, mount: String, path: String, settings: VaultSettings, mayCreate: Bool = false
    ) throws(CustodyError) {
        place = KVPlace(origin: origin, mount: mount, path: path)
        client = try VaultClient(settings, origin)
        self.mayCreate = Mutex(mayCreate)
    }

    package func wrap(_ items: [WrapItem]) async throws(CustodyError) -> [Blob] {
        let entry = try await readOrCreate()
        return try entry.withKeyring { (keyring: borrowing Keyring) throws(CustodyError) in try KeyringBatch.wrap(items, keyring) }
    }

    package func unwrap(_ items: [UnwrapItem]) async throws(CustodyError) -> [Blob] {
        let entry = try await readOrCreate()
        return try entry.withKeyring { (keyring: borrowing Keyring) throws(CustodyError) in try KeyringBatch.unwrap(items, keyring) }
    }

    package func wrapSecret(_ secret: borrowing SecretBytes, context: ContextBytes) async throws(CustodyError) -> Blob {
        let copy = secret.copy()
        let entry = try await readOrCreate()
        return try entry.withKeyring { (keyring: borrowing Keyring) throws(CustodyError) in
            try copy.withBytes { (secret) throws(CustodyError) in try KeyringWorkspace().wrap(secret, context, keyring) }
        }
    }

    package func unwrapSecret(_ wrap: Blob, context: ContextBytes) async throws(CustodyError) -> SecretBytes {
        let entry = try await readOrCreate()
        return try entry.withKeyring { (keyring: borrowing Keyring) throws(CustodyError) in
            try KeyringBatch.unwrapSecret(wrap, context, keyring)
        }
    }

    package func rewrap(_ items: [UnwrapItem]) async throws(CustodyError) -> [Blob] {
        let entry = try await readOrCreate()
        return try entry.withKeyring { (keyring: borrowing Keyring) throws(CustodyError) in try KeyringBatch.rewrap(items, keyring) }
    }

    package func versions() async throws(CustodyError) -> KEKVersions { try await readOrCreate().versions }

    package func version(of wrap: Blob) -> UInt32? { KeyringWrap.version(of: wrap, kind: KeyringWrap.vaultKind) }

    package func status() async -> CustodyStatus {
        do throws(CustodyError) {
            guard let entry = try await read() else { throw place.missing() }
            var status = CustodyStatus(entry.versions)
            status.notes = [await selfDeletion(), await client.login.trouble].filter { !$0.isEmpty }
            return status
        } catch { return CustodyStatus(error) }
    }

    package func run() async { await client.run() }

    /// Reads the keyring, and makes it where this is a new store's and there never was an entry.
    /// - Parameter now: seconds since 1970.
    /// - Returns: whether it was made.
    func prepare(now: UInt64) async throws(CustodyError) -> Bool {
        if try await read() != nil {
            mayCreate.withLock { $0 = false }
            return false
        }
        guard mayCreate.withLock({ $0 }) else { throw place.missing() }
        let text = try Keyring.text(of: KEKVersion(number: 1, createdAt: now), key: Random.secret(AES256GCM.keyCount))
        let isMade = try await write(text, after: 0)
        mayCreate.withLock { $0 = false }
        return isMade
    }

    private func readOrCreate() async throws(CustodyError) -> KVEntry {
        if let entry = try await read() { return entry }
        _ = try await prepare(now: SystemSeconds.now())
        guard let entry = try await read() else { throw place.missing() }
        return entry
    }
}
