/// Bodies of the unlock and session routes.
package enum SessionMessages {
    /// `POST /v1/unlock` (owner): asks for the sealed DEKs of pending, active and grace versions; no alias: all keys not revoked.
    /// Answered with ``KeyMessages/List`` whose versions carry `account_seal`.
    package struct Unlock: Codable, Sendable, Hashable {
        package var aliases: [Alias]
        package init(aliases: [Alias]) { self.aliases = aliases }
    }

    package struct Entry: Codable, Sendable, Hashable {
        package var keyID: KeyID
        package var version: UInt32
        /// nonce ‖ ciphertext ‖ tag, 60 bytes.
        package var entry: Blob
        package init(keyID: KeyID, version: UInt32, entry: Blob) {
            self.keyID = keyID
            self.version = version
            self.entry = entry
        }
        private enum CodingKeys: String, CodingKey {
            case keyID = "keyId"
            case version, entry
        }
    }

    /// `POST /v1/sessions` (owner): the parts of the certificate, its signature and the entries.
    package struct Create: Codable, Sendable, Hashable {
        package var sessionID: SessionID
        package var label: String
        package var publicKey: Blob
        package var verifierDigest: Blob
        package var keyIDs: [KeyID]
        package var issuedAt: UInt64
        package var expiresAt: UInt64
        package var policy: SessionPolicy
        package var accountRevision: UInt64
        package var signature: Blob
        package var entries: [Entry]
        /// A pending version of the session's only key that its calls use instead of the active one: a probe, for at most 60 s.
        package var probeVersion: UInt32?
        package init(
            sessionID: SessionID, label: String, publicKey: Blob, verifierDigest: Blob, keyIDs: [KeyID], issuedAt: UInt64,
            expiresAt: UInt64, policy: SessionPolicy, accountRevision: UInt64, signature: Blob, entries: [Entry],
            probeVersion: UInt32? = nil
        ) {
            self.sessionID = sessionID
            self.label = label
            self.publicKey = publicKey
            self.verifierDigest = verifierDigest
            self.keyIDs = keyIDs
            self.issuedAt = issuedAt
            self.expiresAt = expiresAt
            self.policy = policy
            self.accountRevision = accountRevision
            self.signature = signature
            self.entries = entries
            self.probeVersion = probeVersion
        }
        private enum CodingKeys: String, CodingKey {
            case sessionID = "sessionId"
            case keyIDs = "keyIds"
            case label, publicKey, verifierDigest, issuedAt, expiresAt, policy, accountRevision, signature, entries, probeVersion
        }
    }

    package struct Session: Codable, Sendable, Hashable {
        package var sessionID: SessionID
        package var label: String
        package var kind: SessionPolicy.Kind
        package var aliases: [Alias]
        package var issuedAt: UInt64
        package var expiresAt: UInt64
        package var revokedAt: UInt64?
        package var policy: SessionPolicy
        package init(
            sessionID: SessionID, label: String, kind: SessionPolicy.Kind, aliases: [Alias], issuedAt: UInt64, expiresAt: UInt64,
            revokedAt: UInt64?, policy: SessionPolicy
        ) {
            self.sessionID = sessionID
            self.label = label
            self.kind = kind
            self.aliases = aliases
            self.issuedAt = issuedAt
            self.expiresAt = expiresAt
            self.revokedAt = revokedAt
            self.policy = policy
        }
        private enum CodingKeys: String, CodingKey {
            case sessionID = "sessionId"
            case label, kind, aliases, issuedAt, expiresAt, revokedAt, policy
        }
    }

    package struct List: Codable, Sendable, Hashable {
        package var sessions: [Session]
        package init(sessions: [Session]) { self.sessions = sessions }
    }

    /// What `POST /v1/assisted-unlock` answers. Its request carries a passphrase: the route reads the raw body (see openapi.yaml) and
    /// no type of ours ever holds it as text.
    package struct Unlocked: Codable, Sendable, Hashable {
        package var token: String
        package var session: Session
        package init(token: String, session: Session) {
            self.token = token
            self.session = session
        }
    }
}
