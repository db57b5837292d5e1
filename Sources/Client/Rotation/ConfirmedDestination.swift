import Model

/// What a person looked at before saying that a key may go there; compared whole, so that the broker cannot exchange it afterwards.
package struct ConfirmedDestination: Hashable, Sendable {
    let keyID: KeyID
    let destination: Destination
    let injection: Injection

    package init(_ target: RotationTarget) {
        self.init(target.key)
    }

    init(_ key: KeyMessages.Key) {
        keyID = key.keyID
        destination = key.destination
        injection = key.injection
    }
}
