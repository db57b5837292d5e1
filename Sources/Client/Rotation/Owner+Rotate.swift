import Envelope
package import Model
import SecretMemory

extension Owner {
    /// A session for one call with a pending version, to see whether the provider takes it: one key, one path, `GET`, a minute.
    /// - Parameter path: after the base path; `nil` for the base path itself.
    package func probeSession(alias: Alias, version: UInt32, path: PathPrefix?) async throws(ClientError) -> UnlockedSession {
        var policy = SessionPolicy()
        policy.methods = ["GET"]
        policy.paths = path.map { [$0] } ?? []
        policy.maximumRequests = 1
        return try await unlock(
            aliases: [alias], policy: policy, lifetimeSeconds: 60, label: "tacit rotate key --probe", probeVersion: version)
    }

    /// The ciphertexts of a key's versions with their DEKs sealed to the account: the one way they leave the broker, a minute after a login.
    func export(_ alias: Alias) async throws(ClientError) -> KeyMessages.List {
        let list = try await vault.connection.post("/v1/keys/\(alias)/ciphertexts", bearer: bearer, as: KeyMessages.List.self)
        try Self.require(list.keys.map(\.alias), answer: [alias])
        return list
    }

    /// Encrypts the active value of a key again under a new DEK, all on this device, and retires the version before at once. Sessions go on.
    /// The identity signs the new version, which confirms the key's destination: one that only an access file vouches for is refused.
    package func rotateDEK(of alias: Alias) async throws(ClientError) -> RotatedKey {
        var attempt = 0
        while true {
            attempt += 1
            let list = try await export(alias)
            guard let key = list.keys.first, let active = key.versions.first(where: { $0.state == .active }) else {
                throw .notFound("there is no key \(alias)\nrun: tacit keys")
            }
            let value = try KeyExport(key, writers: list.writers ?? [], identity: keys.publicIdentity).openActive(with: keys)
            do throws(ClientError) {
                return try await OwnerRotation(self).rotate(
                    value, alias: alias, expecting: ConfirmedDestination(key), replacing: active.dekCommitment, activate: true,
                    graceSeconds: 0)
            } catch {
                // Somebody gave the key another value meanwhile: that one it is then.
                guard case .refused(_, OwnerRotation.replacedCode, _) = error, attempt < 5 else { throw error }
            }
        }
    }

    /// A new account key pair: sealed to every slot, every DEK sealed to it, in one change.
    /// - Returns: the account with its new key, which is pinned.
    package func rotateAccountKey() async throws(ClientError) -> AccountMessages.Account {
        try await retryingOnConflict { () throws(ClientError) in
            let account = self.account
            let versions = try await self.everyVersion(at: account.revision)
            let change: RotationMessages.AccountKeyChange
            do throws(EnvelopeError) { change = try AccountKeyRotation.make(keys: self.keys, account: account, versions: versions) } catch {
                throw .untrusted(error, what: "the account")
            }
            let answer = try await self.vault.connection.send(
                "POST", "/v1/account/key", change, bearer: self.bearer, as: AccountMessages.Account.self)
            guard answer.accountID == self.keys.accountID, answer.accountKey == change.accountKey else {
                throw .unusableAnswer("the account came back with another key")
            }
            try self.vault.pin(self.keys.accountID, epoch: change.accountKey.epoch, store: self.info.storeID)
            return answer
        }
    }

    /// Every version that is not retired of every key that is not revoked, as of one revision; an answer names at most 256 keys.
    /// - Throws: `.refused` with `revision_conflict` where something changed meanwhile.
    private func everyVersion(at revision: UInt64) async throws(ClientError) -> [SealedVersion] {
        var aliases = try await listKeys().keys.filter { $0.revokedAt == nil }.map(\.alias).sorted()[...]
        var all: [SealedVersion] = []
        while !aliases.isEmpty {
            let asked = Array(aliases.prefix(256))
            aliases = aliases.dropFirst(256)
            let list = try await vault.connection.send(
                "POST", "/v1/unlock", SessionMessages.Unlock(aliases: asked), bearer: bearer, as: KeyMessages.List.self)
            guard list.revision == revision else {
                throw .refused(status: 409, code: "revision_conflict", message: "the account changed meanwhile; run the same command again")
            }
            try Self.require(list.keys.map(\.alias), answer: asked)
            all += try versions(of: list)
        }
        return all
    }

    /// The versions of a list with their seals, every signature checked.
    func versions(of list: KeyMessages.List) throws(ClientError) -> [SealedVersion] {
        var versions: [SealedVersion] = []
        for key in list.keys {
            _ = try VerifiedSigners(of: key, writers: list.writers ?? [], identity: keys.publicIdentity)
            do throws(EnvelopeError) {
                let writers = try TrustedWriters(verifying: list.writers ?? [], identity: keys.publicIdentity)
                versions += try KeyVerifier.verify(key, identity: keys.publicIdentity, writers: writers)
            } catch {
                throw .untrusted(error, what: "key \(key.alias)")
            }
        }
        return versions
    }
}
