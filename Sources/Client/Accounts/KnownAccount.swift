package import Model

/// One line of `known_accounts`: which identity stood behind a name at a broker, and the newest account key seen.
package struct KnownAccount: Hashable, Sendable {
    /// The broker as it was dialled, `unix:PATH` or `scheme://host:port`.
    package let broker: String
    package let store: StoreID
    package let name: AccountName
    package let id: AccountID
    /// The highest account key epoch seen, from 1; a lower one is an old key served again.
    package var epoch: UInt32

    package init(broker: String, store: StoreID, name: AccountName, id: AccountID, epoch: UInt32) {
        self.broker = broker
        self.store = store
        self.name = name
        self.id = id
        self.epoch = epoch
    }

    /// Reads `BROKER STORE NAME@ID EPOCH`; `nil` for any other line. The broker comes first but is read last, because a path may hold spaces.
    init?(line: some StringProtocol) {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count >= 4, let epoch = UInt32(parts[parts.count - 1]), epoch >= 1,
            let store = StoreID(text: parts[parts.count - 3]), let at = parts[parts.count - 2].lastIndex(of: "@"),
            let name = AccountName(parts[parts.count - 2][..<at]),
            let id = AccountID(text: parts[parts.count - 2][parts[parts.count - 2].index(after: at)...])
        else { return nil }
        self.init(broker: parts.dropLast(3).joined(separator: " "), store: store, name: name, id: id, epoch: epoch)
    }

    var line: String { "\(broker) \(store) \(name)@\(id) \(epoch)" }
}
