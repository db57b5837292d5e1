/// One access file as the store knows it: the certificate of its writer key, and how its token is recognised.
package struct WriterRecord: Hashable, Sendable {
    package let id: WriterID
    package let accountID: AccountID
    /// 1 to 64 bytes.
    package let name: String
    /// Ed25519, 32 bytes; one writer of an account has it.
    package let publicKey: Blob
    /// Ascending, each once, at least one.
    package let rights: [AccessRight]
    /// Ascending, each once; empty: all.
    package let aliases: [Alias]
    package let notBefore: UInt64
    package let expiresAt: UInt64
    /// The account revision the certificate's signature covers.
    package let accountRevision: UInt64
    /// The identity key's signature over `tacit/writer/v1`, 64 bytes.
    package let signature: Blob
    /// SHA-256 of the token's 32 random bytes.
    package let tokenDigest: Blob
    package let createdAt: UInt64
    package var revokedAt: UInt64?

    package init(
        id: WriterID, accountID: AccountID, name: String, publicKey: Blob, rights: [AccessRight], aliases: [Alias], notBefore: UInt64,
        expiresAt: UInt64, accountRevision: UInt64, signature: Blob, tokenDigest: Blob, createdAt: UInt64, revokedAt: UInt64?
    ) {
        self.id = id
        self.accountID = accountID
        self.name = name
        self.publicKey = publicKey
        self.rights = rights
        self.aliases = aliases
        self.notBefore = notBefore
        self.expiresAt = expiresAt
        self.accountRevision = accountRevision
        self.signature = signature
        self.tokenDigest = tokenDigest
        self.createdAt = createdAt
        self.revokedAt = revokedAt
    }
}
