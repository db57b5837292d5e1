/// Bodies of the provider key routes.
package enum KeyMessages {
    /// A value as its writer makes it: everything the version signature covers, and the DEK sealed to the account.
    package struct NewVersion: Codable, Sendable, Hashable {
        package var version: UInt32
        package var ciphertext: Blob
        package var dekCommitment: Blob
        package var signer: Signer
        package var signature: Blob
        package var signedAt: UInt64
        package var signedRevision: UInt64
        /// HPKE seal of the DEK to the account key, 80 bytes.
        package var accountSeal: Blob
        package init(
            version: UInt32, ciphertext: Blob, dekCommitment: Blob, signer: Signer, signature: Blob, signedAt: UInt64,
            signedRevision: UInt64, accountSeal: Blob
        ) {
            self.version = version
            self.ciphertext = ciphertext
            self.dekCommitment = dekCommitment
            self.signer = signer
            self.signature = signature
            self.signedAt = signedAt
            self.signedRevision = signedRevision
            self.accountSeal = accountSeal
        }
    }

    /// `POST /v1/keys`: version 1 of a new provider key; it is active at once.
    package struct Enroll: Codable, Sendable, Hashable {
        package var keyID: KeyID
        package var alias: Alias
        package var provider: String
        package var destination: Destination
        package var injection: Injection
        package var version: NewVersion
        /// Of the account key the DEK is sealed to; needed where a writer signs, because that covers no revision.
        package var accountKeyEpoch: UInt32?
        package init(
            keyID: KeyID, alias: Alias, provider: String, destination: Destination, injection: Injection, version: NewVersion,
            accountKeyEpoch: UInt32? = nil
        ) {
            self.keyID = keyID
            self.alias = alias
            self.provider = provider
            self.destination = destination
            self.injection = injection
            self.version = version
            self.accountKeyEpoch = accountKeyEpoch
        }
        private enum CodingKeys: String, CodingKey {
            case keyID = "keyId"
            case alias, provider, destination, injection, version, accountKeyEpoch
        }
    }

    package struct Version: Codable, Sendable, Hashable {
        package var version: UInt32
        package var state: KeyVersionState
        package var ciphertextDigest: Blob
        package var dekCommitment: Blob
        package var signer: Signer
        package var signature: Blob
        package var signedAt: UInt64
        package var signedRevision: UInt64
        package var createdAt: UInt64
        /// Until when a version in grace can be brought back; `nil` in other states.
        package var graceUntil: UInt64?
        /// Only in answers of `POST /v1/unlock` and of `POST /v1/keys/{alias}/ciphertexts`.
        package var accountSeal: Blob?
        /// Only in answers of `POST /v1/keys/{alias}/ciphertexts`.
        package var ciphertext: Blob?
        package init(
            version: UInt32, state: KeyVersionState, ciphertextDigest: Blob, dekCommitment: Blob, signer: Signer, signature: Blob,
            signedAt: UInt64, signedRevision: UInt64, createdAt: UInt64, graceUntil: UInt64? = nil, accountSeal: Blob?,
            ciphertext: Blob? = nil
        ) {
            self.version = version
            self.state = state
            self.ciphertextDigest = ciphertextDigest
            self.dekCommitment = dekCommitment
            self.signer = signer
            self.signature = signature
            self.signedAt = signedAt
            self.signedRevision = signedRevision
            self.createdAt = createdAt
            self.graceUntil = graceUntil
            self.accountSeal = accountSeal
            self.ciphertext = ciphertext
        }
    }

    package struct Key: Codable, Sendable, Hashable {
        package var keyID: KeyID
        package var alias: Alias
        package var provider: String
        package var destination: Destination
        package var injection: Injection
        package var createdAt: UInt64
        package var revokedAt: UInt64?
        package var versions: [Version]
        package init(
            keyID: KeyID, alias: Alias, provider: String, destination: Destination, injection: Injection, createdAt: UInt64,
            revokedAt: UInt64?, versions: [Version]
        ) {
            self.keyID = keyID
            self.alias = alias
            self.provider = provider
            self.destination = destination
            self.injection = injection
            self.createdAt = createdAt
            self.revokedAt = revokedAt
            self.versions = versions
        }
        private enum CodingKeys: String, CodingKey {
            case keyID = "keyId"
            case alias, provider, destination, injection, createdAt, revokedAt, versions
        }
    }

    /// `GET /v1/keys`; also the answer of `POST /v1/keys` with one key.
    package struct List: Codable, Sendable, Hashable {
        package var revision: UInt64
        package var keys: [Key]
        /// Certificates of the writers that signed a version of these keys; absent where the identity key signed all.
        package var writers: [AccessMessages.Access]?
        package init(revision: UInt64, keys: [Key], writers: [AccessMessages.Access]? = nil) {
            self.revision = revision
            self.keys = keys
            self.writers = writers
        }
    }
}
