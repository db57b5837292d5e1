package import Model

/// The file beside `known_accounts` that says which identities this device has made in place of others, written before the broker is asked
/// to exchange them. Where the answer was lost, or the program ended before it could move the pin, the next login moves it.
package struct RenewalJournal: Sendable {
    private let path: String
    private static let header = "# tacit renewals v1"

    /// One exchange.
    private struct Entry: Hashable {
        let store: StoreID
        let name: AccountName
        let old: AccountID
        let new: AccountID

        init(store: StoreID, name: AccountName, old: AccountID, new: AccountID) {
            self.store = store
            self.name = name
            self.old = old
            self.new = new
        }

        init?(line: Substring) {
            let parts = line.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 4, let store = StoreID(text: parts[0]), let name = AccountName(parts[1]),
                let old = AccountID(text: parts[2]), let new = AccountID(text: parts[3])
            else { return nil }
            self.init(store: store, name: name, old: old, new: new)
        }

        var line: String { "\(store) \(name) \(old) \(new)" }
    }

    /// - Parameter known: the pins; the journal stands in the same directory.
    package init(beside known: KnownAccounts) {
        path = known.path + ".renewals"
    }

    /// Remembers that `new` may stand where `old` stood.
    package func note(store: StoreID, name: AccountName, old: AccountID, new: AccountID) throws(ClientError) {
        let lock = try PrivateFile.lock(path)
        defer { lock.release() }
        let entries = try entries() + [Entry(store: store, name: name, old: old, new: new)]
        try write(entries)
    }

    /// Whether this device made `new` in place of `old`.
    package func holds(store: StoreID, name: AccountName, old: AccountID, new: AccountID) throws(ClientError) -> Bool {
        try entries().contains(Entry(store: store, name: name, old: old, new: new))
    }

    /// Forgets an exchange that is pinned, or was refused.
    package func forget(new: AccountID) throws(ClientError) {
        let lock = try PrivateFile.lock(path)
        defer { lock.release() }
        let all = try entries()
        let rest = all.filter { $0.new != new }
        if rest.count < all.count { try write(rest) }
    }

    private func entries() throws(ClientError) -> [Entry] {
        guard let bytes = try PrivateFile.read(path, limit: 1 << 20) else { return [] }
        var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: true)[...]
        guard lines.popFirst() == Self.header[...] else { throw .file(path: path, reason: "not a file of renewals of this version") }
        var entries: [Entry] = []
        for line in lines {
            guard let entry = Entry(line: line) else { throw .file(path: path, reason: "cannot read the line: \(line)") }
            entries.append(entry)
        }
        return entries
    }

    private func write(_ entries: [Entry]) throws(ClientError) {
        let text = ([Self.header] + entries.map(\.line)).joined(separator: "\n") + "\n"
        try unsafe PrivateFile.replace(path, with: Array(text.utf8).span.bytes)
    }
}
