import Envelope
import Model

/// One alias of a session: the key behind it and the closed DEK that the session's token opens.
struct SessionBinding: Sendable {
    let alias: [UInt8]
    let keyID: KeyID
    let status: LiveAccount.KeyStatus
    /// For the key's active version; `nil` where the session has none.
    var material: LiveEntrySource.Material?
    /// What the entry is bound to; `nil` where `status` is not live.
    let context: ContextBytes?

    /// The alias as text.
    var name: String { String(decoding: alias, as: UTF8.self) }
}
