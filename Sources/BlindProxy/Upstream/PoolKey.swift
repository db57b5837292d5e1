import Model
import Sessions

/// What two calls must have in common to use one connection after the other. The trust set is one per process.
struct PoolKey: Hashable {
    let accountID: AccountID
    let keyID: KeyID
    let destination: Destination

    init(_ key: LiveKey) {
        accountID = key.accountID
        keyID = key.id
        destination = key.destination
    }
}
