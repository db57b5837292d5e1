import Envelope
package import Model
import Synchronization

/// One key version in a form that costs nothing per call; holds ciphertext only.
package final class LiveKey: Sendable {
    package let accountID: AccountID
    package let id: KeyID
    package let version: UInt32
    package let alias: Alias
    package let destination: Destination
    package let injection: Injection
    /// Bytes of the provider key inside the ciphertext, 1 to 16 384.
    package let plaintextCount: Int
    /// `alias@version`, the value of the receipt header.
    package let receipt: [UInt8]

    let context: KeyContext
    /// Of the context of every session's entry.
    let entryContextStart: [UInt8]
    let ciphertext: Blob
    let commitment: Blob
    let allowedPaths: PathRules
    let deniedPaths: PathRules
    private let life: KeyLife

    /// - Throws: `EnvelopeError` where the rows do not make a valid context or the ciphertext has an impossible length; the key then
    ///   answers `integrity`.
    init(record: KeyRecord, version: KeyVersionRecord, life: KeyLife) throws(EnvelopeError) {
        self.life = life

        context = try KeyContext(key: record, version: version.version)
        entryContextStart = try context.sessionEntryStart()
        guard let count = KeyCiphertext.plaintextCount(of: version.ciphertext.bytes.count) else { throw .malformed("ciphertext") }
        plaintextCount = count
        accountID = record.accountID
        id = record.id
        self.version = version.version
        alias = record.alias
        destination = record.destination
        injection = record.injection
        ciphertext = version.ciphertext
        commitment = version.dekCommitment
        receipt = Array("\(record.alias.text)@\(version.version)".utf8)
        allowedPaths = PathRules(record.destination.allowedPrefixes)
        deniedPaths = PathRules(record.destination.deniedPrefixes)
    }

    /// The key was revoked or removed: running calls that use it are to be closed.
    package var isEnded: Bool { life.isEnded }
}

/// Whether a key was revoked or removed: one answer for all its versions, because calls may still run with one that is not active any more.
final class KeyLife: Sendable {
    private let ended = Atomic<Bool>(false)

    var isEnded: Bool { ended.load(ordering: .relaxed) }

    func end() { ended.store(true, ordering: .relaxed) }
}
