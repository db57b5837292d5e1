import HTTPTransport
package import Model

/// One account at one broker, seen from a user's device: what is known without a secret, and the ways in.
package struct Vault: Sendable {
    package let connection: BrokerConnection
    package let account: AccountReference
    package let known: KnownAccounts
    /// Seconds since 1970.
    package let clock: @Sendable () -> UInt64

    package init(
        connection: BrokerConnection, account: AccountReference, known: KnownAccounts, clock: @escaping @Sendable () -> UInt64
    ) {
        self.connection = connection
        self.account = account
        self.known = known
        self.clock = clock
    }

    /// `GET /v1/info`.
    package func info() async throws(ClientError) -> InfoMessages.Info {
        try await connection.get("/v1/info", as: InfoMessages.Info.self)
    }

    /// Refuses an id that is not the one the user named, or this device has pinned or made in place of that one.
    /// - Throws: `.pinMismatch`.
    func check(_ id: AccountID, store: StoreID) throws(ClientError) {
        if let expected = account.id, expected != id {
            throw .pinMismatch(name: account.name, expected: expected, offered: id, source: "TACIT_ACCOUNT")
        }
        do { try known.check(id, broker: connection.origin.description, store: store, name: account.name) } catch {
            guard try renewed(id, after: error, store: store) != nil else { throw error }
        }
    }

    /// Pins an account whose private keys were opened or made here.
    func pin(_ id: AccountID, epoch: UInt32, store: StoreID) throws(ClientError) {
        let seen = KnownAccount(broker: connection.origin.description, store: store, name: account.name, id: id, epoch: epoch)
        do { try known.record(seen) } catch {
            // This device made that identity in place of the pinned one, and was cut off before it could say so.
            guard let old = try renewed(id, after: error, store: store) else { throw error }
            try known.exchange(old, for: seen)
            try RenewalJournal(beside: known).forget(new: id)
        }
    }

    /// The pinned account that this device made `id` in place of, where a pin was missed for that reason.
    private func renewed(_ id: AccountID, after error: ClientError, store: StoreID) throws(ClientError) -> AccountID? {
        guard case .pinMismatch(_, let old, _, _) = error,
            try RenewalJournal(beside: known).holds(store: store, name: account.name, old: old, new: id)
        else { return nil }
        return old
    }
}
