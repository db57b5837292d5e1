package import Envelope
package import HTTPTransport
package import Model
import Primitives
package import SecretMemory
import Synchronization

/// A job with an access file: it writes values, lists and revokes as far as its certificate goes, and opens nothing.
package final class Job: KeyRotator {
    package let connection: BrokerConnection
    package let bearer: HTTPSecretHeader
    package let clock: @Sendable () -> UInt64
    /// Wiped with this object.
    package let file: AccessFile
    private let known: KnownAccounts
    private let store: StoreID
    private let unremembered = Mutex<ClientError?>(nil)

    /// Reads an access file and asks its broker which store it is; nothing is asked of a person.
    /// - Parameters:
    ///   - path: a file of this user alone (0600).
    ///   - caFile: as for ``BrokerConnection``.
    /// - Throws: `.file` for a file open to others or altered; `.invalidInput` for one whose time is over; `.transport`.
    package init(
        path: String, known: KnownAccounts, caFile: String?, clock: @escaping @Sendable () -> UInt64
    ) async throws(ClientError) {
        guard let content = try PrivateFile.readSecret(path, limit: AccessFile.maximumCount) else {
            throw .file(path: path, reason: "there is no such access file, or it is empty; the owner makes one with: tacit access create")
        }
        let file: AccessFile
        do { file = try content.withBytes { (bytes) throws(EnvelopeError) in try AccessFile(reading: bytes) } } catch {
            throw .file(
                path: path, reason: "not an access file, or altered (\(error)); the owner makes a new one with: tacit access create")
        }
        let certificate = file.writer.certificate
        guard clock() < certificate.expiresAt else {
            throw .invalidInput("the access file \(path) is over; the owner makes a new one with: tacit access create \(certificate.name)")
        }
        let origin: HTTPOrigin
        do { origin = try HTTPOrigin.parse(file.url) } catch { throw .file(path: path, reason: "its url is none: \(error)") }
        let connection = try BrokerConnection(origin: origin, caFile: caFile)
        do {
            bearer = try file.withToken { (token) throws(HTTPTransportError) in try HTTPSecretHeader.bearer(SecretBytes(copying: token)) }
        } catch {
            throw .file(path: path, reason: "its token is none")
        }
        store = try await connection.get("/v1/info", as: InfoMessages.Info.self).storeID
        try known.check(file.identity.accountID, broker: origin.description, store: store, name: file.accountName)
        self.connection = connection
        self.file = file
        self.known = known
        self.clock = clock
    }

    package var identity: AccountIdentity { file.identity }

    /// Why the account key seen could not be remembered, where that is so: a lower one would not be noticed next time.
    package var memoryFailure: ClientError? { unremembered.withLock { $0 } }

    /// Refuses what the file's certificate does not allow, before anything is asked for.
    /// - Throws: `.refused` with the right that is missing.
    package func require(_ right: AccessRight, alias: Alias? = nil) throws(ClientError) {
        let certificate = file.writer.certificate
        guard certificate.rights.names.contains(right) else {
            throw .refused(
                status: 403, code: "forbidden",
                message: "the access file \(certificate.name) may not \(right.rawValue); it may: "
                    + certificate.rights.names.map(\.rawValue).joined(separator: ", "))
        }
        if let alias, !certificate.aliases.isEmpty, !certificate.aliases.contains(alias) {
            throw .refused(
                status: 403, code: "forbidden",
                message: "the access file \(certificate.name) is not for \(alias), only for "
                    + certificate.aliases.map(\.text).joined(separator: ", "))
        }
    }

    package func minimumEpoch() throws(ClientError) -> UInt32 {
        try known.minimumEpoch(of: identity.accountID)
    }

    package func saw(_ key: VerifiedAccountKey) throws(ClientError) {
        do {
            try known.record(
                KnownAccount(
                    broker: connection.origin.description, store: store, name: file.accountName, id: key.accountID, epoch: key.epoch))
        } catch {
            // A job may run where it can write nowhere; it still does its work.
            guard case .file = error else { throw error }
            unremembered.withLock { $0 = error }
        }
    }

    package func requireConfirmed(_ target: RotationTarget) throws(ClientError) {
        guard target.unconfirmedWriter.map({ $0 == file.writer.certificate.publicKey }) ?? true else {
            throw .unconfirmedDestination(target.key.alias, target.key.destination)
        }
    }

    package func message(
        _ value: borrowing SecretBytes, for target: RotationTarget, activate: Bool, graceSeconds: UInt64
    ) throws(ClientError) -> RotationMessages.AddVersion {
        try target.message(value, activate: activate, graceSeconds: graceSeconds, now: clock(), signedBy: file)
    }

    /// Enrols a key under a new alias, signed by the writer key. Until the owner has confirmed its destination, nobody but this file can
    /// give it further values.
    /// - Throws: `.refused` (409 `alias_taken`, 403), `.untrusted` where the account key does not verify.
    package func enroll(
        _ value: borrowing SecretBytes, alias: Alias, provider: String, destination: Destination, injection: Injection
    ) async throws(ClientError) -> KeyMessages.Key {
        try require(.enroll, alias: alias)
        guard let keyID = KeyID(bytes: Random.bytes(16)) else { throw .system("no random bytes") }
        var patience = Patience()
        while true {
            do throws(ClientError) {
                return try await enroll(
                    value, keyID: keyID, alias: alias, provider: provider, destination: destination, injection: injection)
            } catch {
                // Another account key than the one this was sealed to.
                guard case .refused(409, "revision_conflict", _) = error, await patience.allows(error) else { throw error }
            }
        }
    }

    private func enroll(
        _ value: borrowing SecretBytes, keyID: KeyID, alias: Alias, provider: String, destination: Destination, injection: Injection
    ) async throws(ClientError) -> KeyMessages.Key {
        let account = try await connection.get("/v1/account", bearer: bearer, as: AccountMessages.Account.self)
        guard account.accountID == identity.accountID else { throw .untrusted(.accountMismatch, what: "the account") }
        let accountKey: VerifiedAccountKey
        let version: KeyMessages.NewVersion
        let minimumEpoch = try minimumEpoch()
        do throws(EnvelopeError) {
            accountKey = try VerifiedAccountKey(verifying: account.accountKey, identity: identity, minimumEpoch: minimumEpoch)
            let context = try KeyContext(
                accountID: identity.accountID, keyID: keyID, version: 1, alias: alias, destination: destination, injection: injection)
            version = try value.withBytes { (bytes) throws(EnvelopeError) in
                try KeyVersionMaker.make(
                    value: bytes, context: context, dek: DEK(), accountKey: accountKey, signedBy: file, signedAt: clock())
            }
        } catch {
            throw .untrusted(error, what: "the account key")
        }
        try saw(accountKey)
        let message = KeyMessages.Enroll(
            keyID: keyID, alias: alias, provider: provider, destination: destination, injection: injection, version: version,
            accountKeyEpoch: accountKey.epoch)
        let answer = try await connection.send("POST", "/v1/keys", message, bearer: bearer, as: KeyMessages.List.self)
        guard let key = answer.keys.first, answer.keys.count == 1, key.keyID == keyID, key.destination == destination,
            key.injection == injection, key.alias == alias
        else { throw .unusableAnswer("the enrolled key came back changed") }
        return key
    }
}
