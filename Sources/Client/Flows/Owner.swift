package import Envelope
package import HTTPTransport
package import Model
import Synchronization

/// A logged-in owner: the account's private keys on this device, and a bearer for 15 minutes at the broker.
package final class Owner: Sendable {
    package let vault: Vault
    package let info: InfoMessages.Info
    /// Wiped with this object.
    package let keys: AccountKeys
    /// The slot that logged in.
    package let slotID: SlotID
    /// For 15 minutes.
    package let bearer: HTTPSecretHeader
    private let state: Mutex<AccountMessages.Account>

    /// Most attempts at a change that others keep getting ahead of.
    private static let attempts = 5

    init(
        vault: Vault, info: InfoMessages.Info, keys: consuming AccountKeys, bearer: HTTPSecretHeader, account: AccountMessages.Account,
        slotID: SlotID
    ) {
        self.vault = vault
        self.info = info
        self.keys = keys
        self.slotID = slotID
        self.bearer = bearer
        state = Mutex(account)
    }

    /// The account as the broker last described it; its id and account key are checked, the rest is for display and revisions.
    package var account: AccountMessages.Account { state.withLock { $0 } }

    /// Reads the account again.
    /// - Throws: `.untrusted` where it is not this one any more.
    func refresh() async throws(ClientError) {
        let fresh = try await vault.connection.get("/v1/account", bearer: bearer, as: AccountMessages.Account.self)
        guard fresh.accountID == keys.accountID else { throw .untrusted(.accountMismatch, what: "the account") }
        state.withLock { $0 = fresh }
    }

    /// Runs a change that is signed for a revision, again with the new one where another change came first.
    func retryingOnConflict<R>(_ change: () async throws(ClientError) -> R) async throws(ClientError) -> R {
        for _ in 1..<Self.attempts {
            do { return try await change() } catch {
                guard case .refused(409, "revision_conflict", _) = error else { throw error }
                try await refresh()
            }
        }
        return try await change()
    }

    /// Ends the bearer; what cannot be ended expires within 15 minutes.
    package func logout() async {
        try? await vault.connection.post("/v1/logout", bearer: bearer)
    }
}
