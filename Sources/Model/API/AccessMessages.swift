/// What an access file may do, by name; ascending and without duplicates in every list.
package enum AccessRight: String, Codable, Sendable, CaseIterable, Comparable {
    /// Add keys under new aliases.
    case enroll
    /// See what there is.
    case list
    /// Revoke sessions and keys.
    case revoke
    /// Add values to keys that exist.
    case rotate

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Bodies of the access file routes: what the identity key says about a writer key, and what the broker knows of it.
package enum AccessMessages {
    /// `POST /v1/access` (owner): the parts of a writer certificate (`tacit/writer/v1`), its signature, and SHA-256 of the token's 32 random bytes.
    package struct Create: Codable, Sendable, Hashable {
        package var writerID: WriterID
        package var name: String
        /// Ed25519, 32 bytes.
        package var publicKey: Blob
        package var rights: [AccessRight]
        /// Ascending; empty: all.
        package var aliases: [Alias]
        package var notBefore: UInt64
        package var expiresAt: UInt64
        /// The account's revision that the signature covers; the change commits only on it.
        package var accountRevision: UInt64
        package var signature: Blob
        /// 32 bytes.
        package var tokenDigest: Blob
        package init(
            writerID: WriterID, name: String, publicKey: Blob, rights: [AccessRight], aliases: [Alias], notBefore: UInt64,
            expiresAt: UInt64, accountRevision: UInt64, signature: Blob, tokenDigest: Blob
        ) {
            self.writerID = writerID
            self.name = name
            self.publicKey = publicKey
            self.rights = rights
            self.aliases = aliases
            self.notBefore = notBefore
            self.expiresAt = expiresAt
            self.accountRevision = accountRevision
            self.signature = signature
            self.tokenDigest = tokenDigest
        }
        private enum CodingKeys: String, CodingKey {
            case writerID = "writerId"
            case name, publicKey, rights, aliases, notBefore, expiresAt, accountRevision, signature, tokenDigest
        }
    }

    /// A writer certificate as it is listed: enough to verify it, nothing of its token.
    package struct Access: Codable, Sendable, Hashable {
        package var writerID: WriterID
        package var name: String
        package var publicKey: Blob
        package var rights: [AccessRight]
        package var aliases: [Alias]
        package var notBefore: UInt64
        package var expiresAt: UInt64
        package var accountRevision: UInt64
        package var signature: Blob
        package var createdAt: UInt64
        package var revokedAt: UInt64?
        package init(
            writerID: WriterID, name: String, publicKey: Blob, rights: [AccessRight], aliases: [Alias], notBefore: UInt64,
            expiresAt: UInt64, accountRevision: UInt64, signature: Blob, createdAt: UInt64, revokedAt: UInt64?
        ) {
            self.writerID = writerID
            self.name = name
            self.publicKey = publicKey
            self.rights = rights
            self.aliases = aliases
            self.notBefore = notBefore
            self.expiresAt = expiresAt
            self.accountRevision = accountRevision
            self.signature = signature
            self.createdAt = createdAt
            self.revokedAt = revokedAt
        }
        private enum CodingKeys: String, CodingKey {
            case writerID = "writerId"
            case name, publicKey, rights, aliases, notBefore, expiresAt, accountRevision, signature, createdAt, revokedAt
        }
    }

    /// `GET /v1/access`; also the answer of `POST /v1/access` and of a revocation, with one.
    package struct List: Codable, Sendable, Hashable {
        package var revision: UInt64
        package var access: [Access]
        package init(revision: UInt64, access: [Access]) {
            self.revision = revision
            self.access = access
        }
    }
}
