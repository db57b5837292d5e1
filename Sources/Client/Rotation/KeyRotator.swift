package import Envelope
package import HTTPTransport
package import Model
package import SecretMemory

/// Whoever may give keys new values: the owner after a login, or a job with an access file.
package protocol KeyRotator: Sendable {
    var connection: BrokerConnection { get }
    var bearer: HTTPSecretHeader { get }
    /// The pinned one.
    var identity: AccountIdentity { get }
    /// Seconds since 1970.
    var clock: @Sendable () -> UInt64 { get }

    /// The highest account key epoch this device has seen of the account.
    func minimumEpoch() throws(ClientError) -> UInt32
    /// Remembers that an account key was seen; a lower epoch is refused from then on.
    func saw(_ key: VerifiedAccountKey) throws(ClientError)
    /// Refuses a key whose destination nobody vouches for whom this principal may believe.
    /// - Throws: `.refused`.
    func requireConfirmed(_ target: RotationTarget) throws(ClientError)
    /// The new value as this principal signs it.
    func message(
        _ value: borrowing SecretBytes, for target: RotationTarget, activate: Bool, graceSeconds: UInt64
    ) throws(ClientError) -> RotationMessages.AddVersion
}

extension KeyRotator {
    /// Who a new value of a key would go to, everything checked.
    /// - Throws: `.refused`, `.untrusted`.
    package func target(_ alias: Alias) async throws(ClientError) -> RotationTarget {
        let answer = try await connection.get("/v1/keys/\(alias)/recipients", bearer: bearer, as: RotationMessages.Recipients.self)
        let target = try RotationTarget(
            answer, of: alias, identity: identity, minimumEpoch: try minimumEpoch(), now: clock())
        try saw(target.accountKey)
        return target
    }

    /// Gives a key a new value: encrypted under a fresh DEK here, sealed to the account and to every live session that names the key.
    /// Where the key is full, what is needed least is retired first, see ``RotationTarget/superfluous(_:now:)``.
    /// Again where sessions came or went meanwhile; where an answer was lost, the broker is asked whether the value arrived.
    /// - Parameters:
    ///   - expected: the key as it was read before, shown to a person or opened; another one under the alias gets nothing.
    ///   - replaced: where the value was made from another one, the commitment of the version it is to replace.
    ///   - activate: calls use it from now on and the version before goes into grace; otherwise it stays pending.
    ///   - graceSeconds: 0 retires the version before at once.
    /// - Returns: the key, and the number of the new version.
    package func rotate(
        _ value: borrowing SecretBytes, alias: Alias, expecting expected: ConfirmedDestination, replacing replaced: Blob? = nil,
        activate: Bool, graceSeconds: UInt64
    ) async throws(ClientError) -> RotatedKey {
        var patience = Patience()
        var made: [Blob] = []
        var isTidy = false
        while true {
            do throws(ClientError) {
                let target = try await target(alias)
                // A broker that was cut off after the commit has the version already.
                if let landed = target.key.versions.first(where: { made.contains($0.dekCommitment) }) {
                    return RotatedKey(key: target.key, version: landed.version)
                }
                guard ConfirmedDestination(target) == expected else {
                    throw ClientError.untrusted(.accountMismatch, what: "key \(alias), which is another one than a moment ago,")
                }
                if let replaced, target.active?.dekCommitment != replaced {
                    throw ClientError.refused(status: 409, code: Self.replacedCode, message: "\(alias) has another value meanwhile")
                }
                try requireConfirmed(target)
                let superfluous = isTidy ? [] : RotationTarget.superfluous(target.key.versions, now: clock())
                isTidy = true
                guard superfluous.isEmpty else {
                    // One that is in use meanwhile, say: where it was in the way, the broker's refusal of the new value says so.
                    for version in superfluous { _ = try? await retire(version, of: alias) }
                    continue
                }
                let message = try message(value, for: target, activate: activate, graceSeconds: graceSeconds)
                made.append(message.version.dekCommitment)
                let answer = try await connection.send(
                    "POST", "/v1/keys/\(alias)/versions", message, bearer: bearer, as: KeyMessages.List.self)
                return RotatedKey(key: try Self.key(in: answer, after: message), version: message.version.version)
            } catch {
                guard await patience.allows(error) else { throw error }
            }
        }
    }

    /// The code of our own refusal where the version to be replaced is not in use any more.
    static var replacedCode: String { "value_replaced" }

    /// Calls use a pending version from now on; the one before goes into grace.
    package func activate(_ version: UInt32, of alias: Alias, graceSeconds: UInt64) async throws(ClientError) -> KeyMessages.Key {
        let answer = try await connection.send(
            "POST", "/v1/keys/\(alias)/versions/\(version)/activate", RotationMessages.Activate(graceSeconds: graceSeconds), bearer: bearer,
            as: KeyMessages.List.self)
        return try Self.key(in: answer, alias: alias)
    }

    /// Calls use a version in grace again; the one that was active becomes pending.
    package func rollback(to version: UInt32, of alias: Alias) async throws(ClientError) -> KeyMessages.Key {
        let answer = try await connection.post(
            "/v1/keys/\(alias)/versions/\(version)/rollback", bearer: bearer, as: KeyMessages.List.self)
        return try Self.key(in: answer, alias: alias)
    }

    /// Shreds a version that is pending or in grace.
    package func retire(_ version: UInt32, of alias: Alias) async throws(ClientError) -> KeyMessages.Key {
        let answer = try await connection.post(
            "/v1/keys/\(alias)/versions/\(version)/retire", bearer: bearer, as: KeyMessages.List.self)
        return try Self.key(in: answer, alias: alias)
    }

    /// Every provider key, revoked ones included.
    package func listKeys() async throws(ClientError) -> KeyMessages.List {
        try await connection.get("/v1/keys", bearer: bearer, as: KeyMessages.List.self)
    }

    /// Revokes a key: calls with it end within a second, its ciphertext is deleted.
    package func revokeKey(_ alias: Alias) async throws(ClientError) -> KeyMessages.List {
        try await connection.post("/v1/keys/\(alias)/revoke", bearer: bearer, as: KeyMessages.List.self)
    }

    /// Ends a session: its calls end within a second.
    package func revokeSession(_ id: SessionID) async throws(ClientError) -> SessionMessages.Session {
        try await connection.post("/v1/sessions/\(id)/revoke", bearer: bearer, as: SessionMessages.Session.self)
    }

    /// Access files of the account, revoked ones included.
    package func listAccess() async throws(ClientError) -> AccessMessages.List {
        try await connection.get("/v1/access", bearer: bearer, as: AccessMessages.List.self)
    }

    /// Ends an access file.
    package func revokeAccess(_ id: WriterID) async throws(ClientError) -> AccessMessages.List {
        try await connection.post("/v1/access/\(id)/revoke", bearer: bearer, as: AccessMessages.List.self)
    }

    private static func key(in answer: KeyMessages.List, alias: Alias) throws(ClientError) -> KeyMessages.Key {
        guard let key = answer.keys.first, answer.keys.count == 1, key.alias == alias else {
            throw .unusableAnswer("the broker gave another key")
        }
        return key
    }

    private static func key(
        in answer: KeyMessages.List, after message: RotationMessages.AddVersion
    ) throws(ClientError) -> KeyMessages.Key {
        guard let key = answer.keys.first, answer.keys.count == 1, key.keyID == message.keyID,
            let version = key.versions.first(where: { $0.version == message.version.version }),
            version.dekCommitment == message.version.dekCommitment, version.signature == message.version.signature,
            version.state == (message.activate ? .active : .pending)
        else { throw .unusableAnswer("the new version came back changed") }
        return key
    }
}
