import Envelope
import Model

/// One alias of a session: the key behind it and the closed DEK that the session's token opens.
/// An object, so that a call that looks it up copies one reference; what is a session's own stands in it, the rest is shared.
final class SessionBinding: Sendable {
    /// How the DEK is closed.
    enum Material: Sendable {
        case entry(InlineArray<60, UInt8>)
        case seal(Blob)
        /// Stored bytes that cannot be an entry.
        case malformed

        init(_ source: LiveEntrySource.Material) {
            switch source {
            case .seal(let seal): self = .seal(seal)
            case .entry(let entry): self.init(entry: entry)
            }
        }

        init(entry: Blob) {
            let bytes = entry.bytes
            self = bytes.count == SessionEntry.count ? .entry(InlineArray { bytes[$0] }) : .malformed
        }
    }

    /// Shared by the account's sessions.
    let alias: [UInt8]
    let keyID: KeyID
    let status: LiveAccount.KeyStatus
    /// For the key's active version; `nil` where the session has none.
    let material: Material?
    /// Whether `material` may be missing only because the KEK did not answer yet.
    let waitsForKEK: Bool

    init(alias: [UInt8], keyID: KeyID, status: LiveAccount.KeyStatus, material: Material?, waitsForKEK: Bool = false) {
        self.alias = alias
        self.keyID = keyID
        self.status = status
        self.material = material
        self.waitsForKEK = waitsForKEK
    }

    /// The alias as text.
    var name: String { String(decoding: alias, as: UTF8.self) }
}
