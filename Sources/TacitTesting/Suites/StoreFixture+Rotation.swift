package import Model
package import Store

/// Access files, further versions and account keys.
extension StoreFixture {
    package func writer(
        _ number: UInt8, publicKey: Blob? = nil, name: String = "nightly", rights: [AccessRight] = [.enroll, .rotate],
        aliases: [String] = ["groq", "openai"], notBefore: UInt64 = now - 10, expiresAt: UInt64 = now + 1000
    ) throws -> WriterRecord {
        WriterRecord(
            id: try Self.id(seed, 200 + number), accountID: accountID, name: name,
            publicKey: publicKey ?? Self.bytes(32, seed, 210 + number), rights: rights, aliases: aliases.compactMap { Alias($0) },
            notBefore: notBefore, expiresAt: expiresAt, accountRevision: 1, signature: Self.bytes(64, seed, 220),
            tokenDigest: Self.bytes(32, seed, 230 + number), createdAt: Self.now + UInt64(number), revokedAt: nil)
    }

    /// A seal of a version to a session.
    package func seal(of version: KeyVersionRecord, to session: SessionRecord) -> SealRecord {
        SealRecord(
            keyID: version.keyID, version: version.version, recipientKind: .session, recipientID: Blob(session.id.bytes),
            recipientPublicKey: session.publicKey, wrappedSeal: Self.bytes(133, seed, 27))
    }

    /// Stores a further version, sealed to the account and to `sessions`.
    package func add(
        _ version: KeyVersionRecord, graceUntil: UInt64? = nil, sealedTo sessions: [SessionRecord] = [], excused: Set<SessionID> = [],
        in store: any Store, at revision: UInt64, kekEpoch: UInt32 = 1, now: UInt64 = now
    ) async throws {
        let account = SealRecord(
            keyID: version.keyID, version: version.version, recipientKind: .account, recipientID: Blob(accountID.bytes),
            recipientPublicKey: Self.bytes(32, seed, 3), wrappedSeal: Self.bytes(133, seed, 26))
        _ = try await store.insertVersion(
            version, of: accountID, seals: [account] + sessions.map { seal(of: version, to: $0) }, excused: excused,
            graceUntil: graceUntil, kekEpoch: kekEpoch, expectedRevision: revision, now: now)
    }

    package func accountKey(epoch: UInt32) -> AccountMessages.AccountKey {
        AccountMessages.AccountKey(epoch: epoch, publicKey: Self.bytes(32, seed, 240), signature: Self.bytes(64, seed, 241))
    }

    /// A seal to the second account key.
    package func accountSeal(of key: KeyRecord, _ version: UInt32) -> SealRecord {
        SealRecord(
            keyID: key.id, version: version, recipientKind: .account, recipientID: Blob(accountID.bytes),
            recipientPublicKey: accountKey(epoch: 2).publicKey, wrappedSeal: Self.bytes(133, seed, 28))
    }

    /// The account as it is after some changes.
    package func account(at revision: UInt64) -> AccountRecord {
        var record = account
        record.revision = revision
        return record
    }

    /// The account under another one's name.
    package func account(named name: AccountName) -> AccountRecord {
        AccountRecord(
            id: account.id, name: name, identityPublicKey: account.identityPublicKey, accountKeyEpoch: account.accountKeyEpoch,
            accountPublicKey: account.accountPublicKey, accountKeySignature: account.accountKeySignature,
            slotListRevision: account.slotListRevision, slotListSignature: account.slotListSignature, revision: account.revision,
            createdAt: account.createdAt)
    }
}
