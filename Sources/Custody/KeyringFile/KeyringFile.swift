package import Envelope
package import Model
import Primitives
package import SecretMemory

/// The KEK in a text file of this machine, outside the data directory (FORMAT section 10).
///
/// The file is read for each batch straight into guarded memory and wiped with the batch's end; between batches the process holds no
/// byte of it. Owner, modes and place are checked each time.
package struct KeyringFile: Custody {
    let path: KeyringPath

    package let kind = "file"

    package var uri: String { "file:\(path.canonical)" }

    /// Checks and reads the keyring once.
    /// - Throws: `.misconfigured` with the cure: no file, wrong owner or mode, a symbolic link, inside `dataDirectory`, not in its form.
    package init(path: String, dataDirectory: String) throws(CustodyError) {
        self.path = try KeyringPath(path, dataDirectory: dataDirectory)
        _ = try self.path.read()
    }

    /// The keyring of a store: made with the store, and never beside one that is there already, whose wraps only the old one opens.
    /// - Parameters:
    ///   - isNewStore: whether the store is still to be made. Ask before it is, and call this first: a start that is broken off in
    ///     between then leaves a keyring without a store, which the next start takes.
    ///   - now: seconds since 1970.
    /// - Returns: the keyring, and whether it was made.
    /// - Throws: `.misconfigured` where it is missing, and as `init` and ``create(at:dataDirectory:now:)`` do.
    package static func open(
        at path: String, dataDirectory: String, isNewStore: Bool, now: UInt64
    ) throws(CustodyError) -> (keyring: KeyringFile, isNew: Bool) {
        var isNew = false
        if !exists(at: path) {
            guard isNewStore else {
                throw .misconfigured(
                    "there is no keyring at \(path), and the database in \(dataDirectory) opens with its old one only; restore \(path) from its backup"
                )
            }
            isNew = try create(at: path, dataDirectory: dataDirectory, now: now)
        }
        return (try KeyringFile(path: path, dataDirectory: dataDirectory), isNew)
    }

    /// Whether something stands at `path`, right or wrong.
    package static func exists(at path: String) -> Bool { KeyringPath.exists(path) }

    /// Makes a keyring with one random version, in a directory that is made 0700 where it is missing; never touches one that is there.
    /// - Parameter now: seconds since 1970.
    /// - Returns: `false` where a keyring stood there already.
    /// - Throws: `.misconfigured`, `.unreachable` (a full disk).
    @discardableResult
    package static func create(at path: String, dataDirectory: String, now: UInt64) throws(CustodyError) -> Bool {
        let path = try KeyringPath(path, dataDirectory: dataDirectory)
        try path.makeDirectory()
        try path.checkDirectory()
        let lock = try CustodyLock.takeBlocking(path.directory)
        let text = try Keyring.text(of: KEKVersion(number: 1, createdAt: now), key: Random.secret(AES256GCM.keyCount))
        return try path.write(text, holding: lock)
    }

    package func wrap(_ items: [WrapItem]) async throws(CustodyError) -> [Blob] { try KeyringBatch.wrap(items, path.read()) }

    package func unwrap(_ items: [UnwrapItem]) async throws(CustodyError) -> [Blob] { try KeyringBatch.unwrap(items, path.read()) }

    package func wrapSecret(_ secret: borrowing SecretBytes, context: ContextBytes) async throws(CustodyError) -> Blob {
        let keyring = try path.read()
        return try secret.withBytes { (secret) throws(CustodyError) in try KeyringWorkspace().wrap(secret, context, keyring) }
    }

    package func unwrapSecret(_ wrap: Blob, context: ContextBytes) async throws(CustodyError) -> SecretBytes {
        try KeyringBatch.unwrapSecret(wrap, context, path.read())
    }

    package func rewrap(_ items: [UnwrapItem]) async throws(CustodyError) -> [Blob] { try KeyringBatch.rewrap(items, path.read()) }

    package func versions() async throws(CustodyError) -> KEKVersions {
        let keyring = try path.read()
        return KEKVersions(current: keyring.current, all: keyring.versions)
    }

    package func version(of wrap: Blob) -> UInt32? { KeyringWrap.version(of: wrap, kind: KeyringWrap.fileKind) }
}
