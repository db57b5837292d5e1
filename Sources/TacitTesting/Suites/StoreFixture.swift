package import Model
package import Store

/// Records with bytes that differ in every field, so that a swapped column shows.
package struct StoreFixture: Sendable {
    /// Seconds; what the fixture's records count from.
    package static let now: UInt64 = 1_800_000_000

    package let accountID: AccountID
    package let name: AccountName

    /// - Parameter seed: fixtures of different seeds share no id and no name.
    package init(_ seed: UInt8) throws {
        accountID = try Self.id(seed, 1)
        guard let name = AccountName("account-\(seed)") else { throw SuiteFailure("no account name") }
        self.name = name
    }

    package static func bytes(_ count: Int, _ seed: UInt8, _ field: UInt8) -> Blob {
        Blob(Array(([seed, field] + (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }).prefix(count)))
    }

    package static func id<ID: Identifier>(_ seed: UInt8, _ field: UInt8, as type: ID.Type = ID.self) throws -> ID {
        guard let id = ID(bytes: bytes(16, seed, field).bytes) else { throw SuiteFailure("no id") }
        return id
    }

    package var account: AccountRecord {
        AccountRecord(
            id: accountID, name: name, identityPublicKey: part(32, 2), accountKeyEpoch: 1, accountPublicKey: part(32, 3),
            accountKeySignature: part(64, 4), slotListRevision: 0, slotListSignature: part(64, 5), revision: 1, createdAt: Self.now)
    }

    package func slot(_ number: UInt8, _ kind: SlotKind = .passphrase) throws -> SlotRow {
        let costs: SlotCosts =
            switch kind {
            case .passphrase: .standard
            case .browserPassphrase: .pbkdf2(iterations: 700_000)
            default: .none
            }
        let parameters = SlotParameters(slotID: try id(100 + number), kind: kind, salt: part(16, 110 + number), costs: costs)
        return SlotRow(
            accountID: accountID, parameters: parameters, publicKey: part(32, 120 + number), wrappedRecord: part(400, 130 + number),
            createdAt: Self.now)
    }

    package func key(
        _ number: UInt8, alias: String, injection: Injection = .header(name: "authorization", prefix: "Bearer ", suffix: " end")
    ) throws -> KeyRecord {
        guard let alias = Alias(alias) else { throw SuiteFailure("no alias") }
        let destination = try Destination(
            scheme: .http, host: HostName("api.example.com"), port: 8443, basePath: PathPrefix("/v1/base"),
            allowedPrefixes: [PathPrefix("/chat"), PathPrefix("/models")], deniedPrefixes: [PathPrefix("/admin")],
            allowsPrivateAddresses: true, allowsPlaintext: true)
        return KeyRecord(
            id: try id(number), accountID: accountID, alias: alias, provider: "custom", destination: destination, injection: injection,
            createdAt: Self.now + UInt64(number), revokedAt: nil)
    }

    package func version(
        of key: KeyRecord, _ version: UInt32 = 1, signer: Signer.Kind = .identity, state: KeyVersionState = .active
    ) -> KeyVersionRecord {
        KeyVersionRecord(
            keyID: key.id, version: version, state: state, ciphertext: part(70, 21), ciphertextDigest: part(32, 22),
            dekCommitment: part(32, 23), signer: Signer(kind: signer, publicKey: part(32, 24)), signature: part(64, 25),
            signedAt: Self.now - 5, signedRevision: 1, createdAt: Self.now)
    }

    package func seal(of key: KeyRecord, _ version: UInt32 = 1) -> SealRecord {
        SealRecord(
            keyID: key.id, version: version, recipientKind: .account, recipientID: Blob(accountID.bytes), recipientPublicKey: part(32, 3),
            wrappedSeal: part(133, 26))
    }

    package func session(_ number: UInt8, keys: [KeyID], expiresIn seconds: UInt64 = 3600) throws -> SessionRecord {
        var policy = SessionPolicy(kind: .lease)
        policy.methods = ["GET", "POST"]
        policy.paths = [try PathPrefix("/chat/completions")]
        policy.origins = ["https://app.example.com"]
        (policy.maximumRequests, policy.rate, policy.burst, policy.maximumConcurrent) = (1000, 5000, 7, 3)
        (policy.idleSeconds, policy.allowsUpgrade, policy.mintingPaths) = (600, true, [try PathPrefix("/keys")])
        return SessionRecord(
            id: try id(40 + number), accountID: accountID, kind: .lease, label: "nightly job", publicKey: part(32, 41),
            verifierDigest: part(32, 42), keyIDs: keys.sorted(), issuedAt: Self.now, expiresAt: Self.now + seconds, policy: policy,
            accountRevision: 2, signature: part(64, 43), revokedAt: nil)
    }

    package func entry(_ session: SessionRecord, _ key: KeyID, _ version: UInt32 = 1) -> SessionEntryRecord {
        SessionEntryRecord(sessionID: session.id, keyID: key, version: version, wrappedEntry: part(113, 44))
    }

    /// Makes epoch 1 the current one: what the fixture's wraps are said to be made with. Done twice it changes nothing.
    package static func registerKEK(in store: any Store) async throws {
        let first = NewKEKEpoch(custody: "file:/fixture/keyring", version: 1, probe: bytes(69, 1, 50), createdAt: now)
        _ = try await store.registerKEKEpoch(first, replacing: nil)
    }

    /// Stores the account with a passphrase and a recovery slot; it is at revision 1 then.
    package func create(in store: any Store) async throws {
        try await Self.registerKEK(in: store)
        try await store.createAccount(
            account, slots: [slot(1), slot(2, .recoveryCode)], kekEpoch: 1, invitationDigest: nil, now: Self.now)
    }

    /// Stores a key with one version and its account seal.
    /// - Returns: the new revision.
    @discardableResult
    package func enroll(_ key: KeyRecord, in store: any Store, at revision: UInt64) async throws -> UInt64 {
        try await store.insertKey(key, version: version(of: key), seals: [seal(of: key)], kekEpoch: 1, expectedRevision: revision)
    }

    private func id<ID: Identifier>(_ field: UInt8) throws -> ID { try Self.id(seed, field) }
    private func part(_ count: Int, _ field: UInt8) -> Blob { Self.bytes(count, seed, field) }
    var seed: UInt8 { UInt8(name.text.dropFirst("account-".count)) ?? 0 }
}
