package import Model
package import Primitives

/// What the identity key says about a writer key (`tacit/writer/v1`).
package struct WriterCertificate: Hashable, Sendable {
    package let accountID: AccountID
    package let writerID: WriterID
    /// 1 to 64 bytes.
    package let name: String
    /// Ed25519, 32 bytes.
    package let publicKey: Blob
    package let rights: WriterRights
    /// Ascending; empty: all.
    package let aliases: [Alias]
    package let notBefore: UInt64
    package let expiresAt: UInt64
    /// The account revision the signer saw.
    package let accountRevision: UInt64

    package init(
        accountID: AccountID, writerID: WriterID, name: String, publicKey: Blob, rights: WriterRights, aliases: [Alias],
        notBefore: UInt64, expiresAt: UInt64, accountRevision: UInt64
    ) {
        self.accountID = accountID
        self.writerID = writerID
        self.name = name
        self.publicKey = publicKey
        self.rights = rights
        self.aliases = Set(aliases).sorted()
        self.notBefore = notBefore
        self.expiresAt = expiresAt
        self.accountRevision = accountRevision
    }

    /// Parses the certificate's context bytes.
    /// - Throws: `.malformed`, also for aliases that are none.
    package init(parsing bytes: Blob) throws(EnvelopeError) {
        let reader = try ContextReader(bytes.bytes, kind: .writer)
        var aliases: [Alias] = []
        for text in try reader.texts(.aliases) {
            guard let alias = Alias(text) else { throw .malformed("alias in a writer certificate") }
            aliases.append(alias)
        }
        self.init(
            accountID: try reader.id(.accountID), writerID: try reader.id(.writerID), name: try reader.text(.name),
            publicKey: try reader.blob(.writerPublicKey), rights: WriterRights(rawValue: try reader.integer(.rights)), aliases: aliases,
            notBefore: try reader.integer(.notBefore), expiresAt: try reader.integer(.expiresAt),
            accountRevision: try reader.integer(.accountRevision))
    }

    /// The certificate in a client's message.
    package init(accountID: AccountID, message: AccessMessages.Create) {
        self.init(
            accountID: accountID, writerID: message.writerID, name: message.name, publicKey: message.publicKey,
            rights: WriterRights(message.rights), aliases: message.aliases, notBefore: message.notBefore, expiresAt: message.expiresAt,
            accountRevision: message.accountRevision)
    }

    /// The certificate as a server lists it; believed only after `verify`.
    package init(accountID: AccountID, listed: AccessMessages.Access) {
        self.init(
            accountID: accountID, writerID: listed.writerID, name: listed.name, publicKey: listed.publicKey,
            rights: WriterRights(listed.rights), aliases: listed.aliases, notBefore: listed.notBefore, expiresAt: listed.expiresAt,
            accountRevision: listed.accountRevision)
    }

    /// The certificate's bytes, which are what is signed.
    /// - Throws: `.malformed` for a name of 0 or more than 64 bytes, unknown rights or a key that is not 32 bytes.
    package func context() throws(EnvelopeError) -> ContextBytes {
        try ContextBytes(
            .writer,
            [
                ContextField(.accountID, accountID), ContextField(.expiresAt, expiresAt),
                ContextField(.accountRevision, accountRevision), ContextField(.name, text: name),
                ContextField(.rights, rights.rawValue), ContextField(.aliases, try FieldList.encode(texts: aliases.map(\.text))),
                ContextField(.notBefore, notBefore), ContextField(.writerID, writerID), ContextField(.writerPublicKey, publicKey),
            ])
    }

    /// Signs the certificate.
    /// - Throws: `.accountMismatch` for another account's keys; `.malformed` as `context`, and for an empty validity.
    package func sign(with keys: borrowing AccountKeys) throws(EnvelopeError) -> Blob {
        guard keys.accountID == accountID else { throw .accountMismatch }
        guard notBefore < expiresAt else { throw .malformed("writer validity") }
        return keys.identity.sign(try context())
    }

    /// Checks the certificate against the pinned identity.
    /// - Throws: `.accountMismatch`, `.signatureInvalid`, `.malformed`.
    package func verify(signature: Blob, identity: AccountIdentity) throws(EnvelopeError) -> VerifiedWriter {
        guard accountID == identity.accountID else { throw .accountMismatch }
        guard notBefore < expiresAt else { throw .malformed("writer validity") }
        try identity.publicKey.requireSignature(signature, over: context())
        return VerifiedWriter(self, key: try Ed25519PublicKey(publicKey))
    }
}

/// A writer whose certificate was checked; made by ``WriterCertificate/verify(signature:identity:)`` only.
package struct VerifiedWriter: Hashable, Sendable {
    package let certificate: WriterCertificate
    /// Ed25519.
    package let key: Ed25519PublicKey

    fileprivate init(_ certificate: WriterCertificate, key: Ed25519PublicKey) {
        self.certificate = certificate
        self.key = key
    }

    /// Whether this writer may make this version at this time: version 1 needs `enroll`, a later one `rotate`.
    /// - Throws: `.signerRefused` naming what is missing.
    package func requirePermission(for context: KeyContext, signedAt: UInt64) throws(EnvelopeError) {
        guard context.accountID == certificate.accountID else { throw .signerRefused("a writer of another account") }
        guard certificate.rights.contains(context.version == 1 ? .enroll : .rotate) else { throw .signerRefused("right") }
        guard certificate.aliases.isEmpty || certificate.aliases.contains(context.alias) else { throw .signerRefused("alias") }
        guard certificate.notBefore <= signedAt, signedAt < certificate.expiresAt else { throw .signerRefused("validity") }
    }
}
