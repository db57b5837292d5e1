import Envelope

/// An account's private keys between the two halves of an assisted unlock; wiped with the last reference.
final class OpenedAccount: Sendable {
    let keys: AccountKeys

    init(_ keys: consuming AccountKeys) {
        self.keys = keys
    }
}
