import Envelope
import Model

/// The contexts of one account's key versions, each made once however many sessions hold an entry of it.
struct KeyContexts {
    private struct Place: Hashable {
        let keyID: KeyID
        let version: UInt32
    }

    private let keys: [KeyID: KeyRecord]
    private var made: [Place: KeyContext?] = [:]

    /// - Parameter keys: the first counts of several with one id.
    init(_ keys: [KeyRecord]) {
        self.keys = Dictionary(keys.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// `nil` where the account has no such key, or its row makes no context.
    mutating func context(of key: KeyID, version: UInt32) -> KeyContext? {
        let place = Place(keyID: key, version: version)
        if let known = made[place] { return known }
        let context = keys[key].flatMap { try? KeyContext(key: $0, version: version) }
        made[place] = .some(context)
        return context
    }
}
