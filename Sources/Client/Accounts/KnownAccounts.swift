import Glibc
package import Model

/// The file `known_accounts`: the account ids this user trusts, by broker and name, like SSH's `known_hosts`.
///
/// The first login to a name pins the id behind it; from then on another id under that name at the same address, or in the same store, is
/// refused. Text, 0600, one line an account; written under a lock and put in place whole, so that commands may run side by side.
package struct KnownAccounts: Sendable {
    package let path: String
    private static let header = "# tacit known_accounts v1"

    package init(path: String) {
        self.path = path
    }

    /// Every line; none where there is no file yet.
    /// - Throws: `.file` for a file that is not ours, open to others, or holds a line of another form: a pin that cannot be read must not
    ///   count as no pin.
    package func all() throws(ClientError) -> [KnownAccount] {
        guard let bytes = try PrivateFile.read(path, limit: 1 << 20) else { return [] }
        var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: true)[...]
        guard lines.popFirst() == Self.header[...] else { throw .file(path: path, reason: "not a known_accounts file of this version") }
        var accounts: [KnownAccount] = []
        for line in lines where !line.hasPrefix("#") {
            guard let account = KnownAccount(line: line) else { throw .file(path: path, reason: "cannot read the line: \(line)") }
            accounts.append(account)
        }
        return accounts
    }

    /// The highest account key epoch seen of an account anywhere; 1 where none was.
    package func minimumEpoch(of id: AccountID) throws(ClientError) -> UInt32 {
        try all().filter { $0.id == id }.map(\.epoch).max() ?? 1
    }

    /// Refuses an account that is not the one pinned under its name.
    /// - Throws: `.pinMismatch`.
    package func check(_ id: AccountID, broker: String, store: StoreID, name: AccountName) throws(ClientError) {
        try check(id, against: try all(), broker: broker, store: store, name: name)
    }

    /// Pins an account whose keys this device has opened or made, or raises the epoch seen of it.
    /// - Throws: `.pinMismatch`; `.file`.
    package func record(_ account: KnownAccount) throws(ClientError) {
        let lock = try PrivateFile.lock(path)
        defer { lock.release() }
        var accounts = try all()
        try check(account.id, against: accounts, broker: account.broker, store: account.store, name: account.name)
        let old = accounts.firstIndex { $0.broker == account.broker && $0.store == account.store && $0.name == account.name }
        if let old {
            guard accounts[old].epoch < account.epoch else { return }
            accounts[old].epoch = account.epoch
        } else {
            accounts.append(account)
        }
        try write(accounts)
    }

    /// Puts another account in place of one that is pinned: every line of the name at that broker or in that store that names `old`.
    /// Only for an identity that this device made itself.
    package func exchange(_ old: AccountID, for account: KnownAccount) throws(ClientError) {
        let lock = try PrivateFile.lock(path)
        defer { lock.release() }
        var accounts = try all()
        accounts.removeAll {
            $0.name == account.name && $0.id == old && ($0.broker == account.broker || $0.store == account.store)
        }
        try check(account.id, against: accounts, broker: account.broker, store: account.store, name: account.name)
        accounts.removeAll { $0.broker == account.broker && $0.store == account.store && $0.name == account.name }
        accounts.append(account)
        try write(accounts)
    }

    private func write(_ accounts: [KnownAccount]) throws(ClientError) {
        let text = ([Self.header] + accounts.map(\.line)).joined(separator: "\n") + "\n"
        try unsafe PrivateFile.replace(path, with: Array(text.utf8).span.bytes)
    }

    /// Every line for the name at this address or in this store has to agree: the store's id is the broker's word only.
    private func check(
        _ id: AccountID, against accounts: [KnownAccount], broker: String, store: StoreID, name: AccountName
    ) throws(ClientError) {
        for known in accounts where known.name == name && (known.broker == broker || known.store == store) && known.id != id {
            throw .pinMismatch(name: name, expected: known.id, offered: id, source: path)
        }
    }
}
