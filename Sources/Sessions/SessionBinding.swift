import Envelope
import Model

/// One alias of a session: the key behind it and the closed DEK that the session's token opens.
/// An object, so that a call that looks it up copies one reference.
final class SessionBinding: Sendable {
    let alias: [UInt8]
    let keyID: KeyID
    let status: LiveAccount.KeyStatus
    /// For the key's active version; `nil` where the session has none.
    let material: LiveEntrySource.Material?
    /// What the entry is bound to; `nil` where `status` is not live.
    let context: ContextBytes?
    /// Whether `material` may be missing only because the KEK did not answer yet.
    let waitsForKEK: Bool

    init(
        alias: [UInt8], keyID: KeyID, status: LiveAccount.KeyStatus, material: LiveEntrySource.Material?, context: ContextBytes?,
        waitsForKEK: Bool = false
    ) {
        self.alias = alias
        self.keyID = keyID
        self.status = status
        self.material = material
        self.context = context
        self.waitsForKEK = waitsForKEK
    }

    /// The alias as text.
    var name: String { String(decoding: alias, as: UTF8.self) }
}
