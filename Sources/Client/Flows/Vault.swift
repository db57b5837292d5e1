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

    /// Refuses an id that is not the one the user named or this device has pinned.
    /// - Throws: `.pinMismatch`.
    func check(_ id: AccountID, store: StoreID) throws(ClientError) {
        if let expected = account.id, expected != id {
            throw .pinMismatch(name: account.name, expected: expected, offered: id, source: "TACIT_ACCOUNT")
        }
        try known.check(id, broker: connection.origin.description, store: store, name: account.name)
    }

    /// Pins an account whose private keys were opened or made here.
    func pin(_ id: AccountID, epoch: UInt32, store: StoreID) throws(ClientError) {
        try known.record(
            KnownAccount(broker: connection.origin.description, store: store, name: account.name, id: id, epoch: epoch))
    }
}
