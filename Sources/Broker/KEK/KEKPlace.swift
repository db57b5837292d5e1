/// The epoch this broker wrapped with last, so that the store is asked only after a change.
struct KEKPlace: Sendable {
    let custody: String
    let version: UInt32
    let epoch: UInt32
}
