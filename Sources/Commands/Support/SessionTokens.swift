import Client
import Model
import SecretMemory

/// Getting a session for a command: the cached one where it will do, else a new one.
enum SessionTokens {
    /// A session a command can use.
    struct Usable: ~Copyable {
        let keys: [CachedToken.Key]
        let expiresAt: UInt64
        let token: SecretBytes
        /// Whether it was made for this command alone and ends with it.
        let isOwn: Bool

        /// Ends a session made for this command alone; one that cannot be ended now ends at its expiry.
        borrowing func endIfOwn(_ context: ClientContext) async {
            guard isOwn else { return }
            _ = try? await context.connection.endSession(of: token)
        }
    }

    /// The cached session where it will do, else a new one.
    /// - Parameter keeping: whether a new one is cached; otherwise it is the caller's to end.
    static func usable(
        _ aliases: [Alias], lifetimeSeconds: UInt64, label: String, keeping: Bool = false, in context: ClientContext
    ) async throws(ClientError) -> Usable {
        if let cached = try await cached(aliases, in: context) { return cached }
        let owner = try await context.login()
        let unlocked = try await owner.unlock(aliases: aliases, policy: SessionPolicy(), lifetimeSeconds: lifetimeSeconds, label: label)
        await owner.logout()
        if keeping { try keep(unlocked, in: context) }
        return Usable(
            keys: description(unlocked, in: context, account: owner.vault.account.name).keys, expiresAt: unlocked.session.expiresAt,
            token: unlocked.takeToken(), isOwn: !keeping)
    }

    /// The cached session, where it is alive and opens `aliases` (all it has, where empty).
    static func cached(_ aliases: [Alias], in context: ClientContext) async throws(ClientError) -> Usable? {
        guard context.tokens.isEnabled else { return nil }
        let account = try context.account().name
        guard let loaded = try context.tokens.load(broker: context.broker, account: account) else { return nil }
        let description = loaded.description
        guard description.covers(aliases, at: TimeText.now()) else { return nil }
        do {
            let session = try await context.connection.session(of: loaded.token)
            guard session.revokedAt == nil else { return nil }
        } catch {
            guard case .refused(401, _, _) = error else { throw error }
            context.tokens.remove(broker: context.broker, account: account)
            return nil
        }
        return Usable(keys: description.keys, expiresAt: description.expiresAt, token: loaded.takeToken(), isOwn: false)
    }

    /// Puts a session's token into the cache.
    static func keep(_ unlocked: borrowing UnlockedSession, in context: ClientContext) throws(ClientError) {
        let description = description(unlocked, in: context, account: try context.account().name)
        try context.tokens.store(unlocked.token, description)
    }

    private static func description(
        _ unlocked: borrowing UnlockedSession, in context: ClientContext, account: AccountName
    ) -> CachedToken {
        CachedToken(
            broker: context.broker, account: account, sessionID: unlocked.session.sessionID, expiresAt: unlocked.session.expiresAt,
            keys: unlocked.keys.map { CachedToken.Key(alias: $0.alias, provider: $0.provider) })
    }
}
