import Envelope
package import Model

extension Owner {
    /// Opens the DEKs of keys and makes a session for them. The broker sees the token first when a call presents it.
    /// - Parameters:
    ///   - aliases: empty for every key that is not revoked.
    ///   - label: what the session is called in lists.
    ///   - probeVersion: a pending version of the only key that its calls use instead of the active one.
    /// - Throws: `.notFound` where there is no key to unlock; `.untrusted` for a key that does not verify; `.refused`.
    package func unlock(
        aliases: [Alias], policy: SessionPolicy, lifetimeSeconds: UInt64, label: String, probeVersion: UInt32? = nil
    ) async throws(ClientError) -> UnlockedSession {
        var attempt = 0
        while true {
            attempt += 1
            let list = try await vault.connection.send(
                "POST", "/v1/unlock", SessionMessages.Unlock(aliases: aliases), bearer: bearer, as: KeyMessages.List.self)
            let made = try make(list, aliases: aliases, policy: policy, lifetimeSeconds: lifetimeSeconds, label: label)
            var message = made.message
            message.probeVersion = probeVersion
            do throws(ClientError) {
                let session = try await vault.connection.send(
                    "POST", "/v1/sessions", message, bearer: bearer, as: SessionMessages.Session.self)
                guard session.sessionID == made.message.sessionID, session.expiresAt == made.message.expiresAt else {
                    throw ClientError.unusableAnswer("the session came back changed")
                }
                return UnlockedSession(session: session, keys: list.keys, token: made.takeToken())
            } catch {
                guard case .refused(409, "revision_conflict", _) = error, attempt < 5 else { throw error }
            }
        }
    }

    /// That the keys which came back are those that were asked for: a session is signed for nothing else.
    /// - Parameter asked: empty where every key was asked for.
    /// - Throws: `.notFound`; `.unusableAnswer` for a key nobody asked for, or two of one alias.
    static func require(_ given: [Alias], answer asked: [Alias]) throws(ClientError) {
        guard !given.isEmpty else { throw .notFound("there is no key to unlock yet\nrun: tacit enroll openai") }
        for alias in asked where !given.contains(alias) { throw .notFound("there is no key \(alias)\nrun: tacit keys") }
        guard Set(given).count == given.count else { throw .unusableAnswer("the broker gave two keys of one alias") }
        guard asked.isEmpty || given.allSatisfy(asked.contains) else {
            throw .unusableAnswer("the broker gave a key that was not asked for")
        }
    }

    private func make(
        _ list: KeyMessages.List, aliases: [Alias], policy: SessionPolicy, lifetimeSeconds: UInt64, label: String
    ) throws(ClientError) -> MadeSession {
        try Self.require(list.keys.map(\.alias), answer: aliases)
        let versions = try versions(of: list)
        do {
            return try SessionMaker.make(
                keys: keys, versions: versions, policy: policy, label: label, issuedAt: vault.clock(), lifetimeSeconds: lifetimeSeconds,
                accountRevision: list.revision)
        } catch {
            if case .sessionRefused(let reason) = error { throw .invalidInput("no such session can be made: \(reason)") }
            throw .untrusted(error, what: "a key of the account")
        }
    }
}
