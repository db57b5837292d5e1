/// Bodies of the routes that give a provider key a new value, and an account new keys.
package enum RotationMessages {
    /// A live session's certificate, whole, so that a writer can verify whom it seals a DEK to.
    package struct Certificate: Codable, Sendable, Hashable {
        package var sessionID: SessionID
        package var publicKey: Blob
        package var verifierDigest: Blob
        package var keyIDs: [KeyID]
        package var issuedAt: UInt64
        package var expiresAt: UInt64
        package var policy: SessionPolicy
        package var accountRevision: UInt64
        package var signature: Blob
        package init(
            sessionID: SessionID, publicKey: Blob, verifierDigest: Blob, keyIDs: [KeyID], issuedAt: UInt64, expiresAt: UInt64,
            policy: SessionPolicy, accountRevision: UInt64, signature: Blob
        ) {
            self.sessionID = sessionID
            self.publicKey = publicKey
            self.verifierDigest = verifierDigest
            self.keyIDs = keyIDs
            self.issuedAt = issuedAt
            self.expiresAt = expiresAt
            self.policy = policy
            self.accountRevision = accountRevision
            self.signature = signature
        }
        private enum CodingKeys: String, CodingKey {
            case sessionID = "sessionId"
            case keyIDs = "keyIds"
            case publicKey, verifierDigest, issuedAt, expiresAt, policy, accountRevision, signature
        }
    }

    /// `GET /v1/keys/{alias}/recipients`: everybody a new version's DEK is sealed to, as of one revision.
    package struct Recipients: Codable, Sendable, Hashable {
        package var revision: UInt64
        package var account: AccountMessages.Account
        /// With every version, retired ones included.
        package var key: KeyMessages.Key
        /// Certificates of the writers that signed a version of the key.
        package var writers: [AccessMessages.Access]
        /// The live sessions that name the key.
        package var sessions: [Certificate]
        package init(
            revision: UInt64, account: AccountMessages.Account, key: KeyMessages.Key, writers: [AccessMessages.Access],
            sessions: [Certificate]
        ) {
            self.revision = revision
            self.account = account
            self.key = key
            self.writers = writers
            self.sessions = sessions
        }
    }

    package struct SessionSeal: Codable, Sendable, Hashable {
        package var sessionID: SessionID
        /// HPKE seal of the DEK to the session's public key, 80 bytes.
        package var seal: Blob
        package init(sessionID: SessionID, seal: Blob) {
            self.sessionID = sessionID
            self.seal = seal
        }
        private enum CodingKeys: String, CodingKey {
            case sessionID = "sessionId"
            case seal
        }
    }

    /// `POST /v1/keys/{alias}/versions`: a further value, sealed to the account and to every live session that names the key.
    package struct AddVersion: Codable, Sendable, Hashable {
        package var keyID: KeyID
        /// The account's revision the recipients were read at; the change commits only on it.
        package var revision: UInt64
        package var version: KeyMessages.NewVersion
        package var sessionSeals: [SessionSeal]
        /// `true`: active at once; the one before goes to grace. `false`: pending.
        package var activate: Bool
        /// How long the version before stays usable for a rollback; 0: it is retired at once.
        package var graceSeconds: UInt64
        package init(
            keyID: KeyID, revision: UInt64, version: KeyMessages.NewVersion, sessionSeals: [SessionSeal], activate: Bool,
            graceSeconds: UInt64
        ) {
            self.keyID = keyID
            self.revision = revision
            self.version = version
            self.sessionSeals = sessionSeals
            self.activate = activate
            self.graceSeconds = graceSeconds
        }
        private enum CodingKeys: String, CodingKey {
            case keyID = "keyId"
            case revision, version, sessionSeals, activate, graceSeconds
        }
    }

    /// `POST /v1/keys/{alias}/versions/{version}/activate`.
    package struct Activate: Codable, Sendable, Hashable {
        package var graceSeconds: UInt64
        package init(graceSeconds: UInt64) { self.graceSeconds = graceSeconds }
    }

    package struct SlotSeal: Codable, Sendable, Hashable {
        package var slotID: SlotID
        /// HPKE seal of the account's private key to the slot, 80 bytes.
        package var accountKeySeal: Blob
        package init(slotID: SlotID, accountKeySeal: Blob) {
            self.slotID = slotID
            self.accountKeySeal = accountKeySeal
        }
        private enum CodingKeys: String, CodingKey {
            case slotID = "slotId"
            case accountKeySeal
        }
    }

    package struct VersionSeal: Codable, Sendable, Hashable {
        package var keyID: KeyID
        package var version: UInt32
        /// HPKE seal of the DEK to the new account key, 80 bytes.
        package var accountSeal: Blob
        package init(keyID: KeyID, version: UInt32, accountSeal: Blob) {
            self.keyID = keyID
            self.version = version
            self.accountSeal = accountSeal
        }
        private enum CodingKeys: String, CodingKey {
            case keyID = "keyId"
            case version, accountSeal
        }
    }

    /// `POST /v1/account/key`: a new account key pair, sealed to every slot, and every DEK that is not retired sealed to it.
    package struct AccountKeyChange: Codable, Sendable, Hashable {
        package var revision: UInt64
        package var accountKey: AccountMessages.AccountKey
        package var slots: [SlotSeal]
        package var keys: [VersionSeal]
        /// Over `tacit/change/v1`, change `rotate_account_key`.
        package var signature: Blob
        package init(
            revision: UInt64, accountKey: AccountMessages.AccountKey, slots: [SlotSeal], keys: [VersionSeal], signature: Blob
        ) {
            self.revision = revision
            self.accountKey = accountKey
            self.slots = slots
            self.keys = keys
            self.signature = signature
        }
    }

    /// `POST /v1/account/renew`: the same name under a new identity, with its keys; the old account ends.
    package struct Renewal: Codable, Sendable, Hashable {
        /// Of the old account.
        package var revision: UInt64
        /// By the old identity key over `tacit/change/v1`, change `renew_account`.
        package var signature: Blob
        package var account: AccountMessages.Create
        /// Version 1 of every key, signed for revision 1 of the new account.
        package var keys: [KeyMessages.Enroll]
        package init(revision: UInt64, signature: Blob, account: AccountMessages.Create, keys: [KeyMessages.Enroll]) {
            self.revision = revision
            self.signature = signature
            self.account = account
            self.keys = keys
        }
    }
}
