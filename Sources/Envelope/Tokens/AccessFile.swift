package import Model
package import Primitives
package import SecretMemory

/// A job's credential (FORMAT section 11): writes values, lists and revokes as far as its certificate goes; unlocks nothing.
/// A value exists only where account id, identity key, certificate, signature, writer key and token belong together.
package struct AccessFile: ~Copyable, Sendable {
    /// The control plane: `unix:PATH` or `http(s)://…`; visible ASCII without `"` and `\`, at most 1 024 bytes.
    package let url: String
    package let accountName: AccountName
    /// Pinned.
    package let identity: AccountIdentity
    /// What the writer may do.
    package let writer: VerifiedWriter
    /// The identity key's signature over the certificate, 64 bytes.
    package let signature: Blob
    /// Signs the versions it writes.
    package let writerKey: Ed25519PrivateKey

    private let tokenText: SecretBytes

    /// Puts a file together.
    /// - Parameter token: from ``AccessToken/make(writerID:)``, 68 characters.
    /// - Throws: `.malformed` for another URL or token; `.accountMismatch` where token, writer key and certificate differ;
    ///   `.signatureInvalid`.
    package init(
        url: String, accountName: AccountName, identity: AccountIdentity, token: consuming SecretBytes,
        writerKey: consuming Ed25519PrivateKey, certificate: WriterCertificate, signature: Blob
    ) throws(EnvelopeError) {
        guard (1...1024).contains(url.utf8.count), url.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != 0x22 && $0 != 0x5c }) else {
            throw .malformed("access file url")
        }
        let writer = try certificate.verify(signature: signature, identity: identity)
        guard let writerID = token.withBytes({ AccessToken.parse($0)?.writerID }) else { throw .malformed("access file token") }
        guard writerID == certificate.writerID, writerKey.publicKey == writer.key else { throw .accountMismatch }
        self.url = url
        self.accountName = accountName
        self.identity = identity
        self.writer = writer
        self.signature = signature
        self.writerKey = writerKey
        tokenText = token
    }

    /// Lends the bearer token, 68 ASCII characters, to `body`.
    package borrowing func withToken<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try tokenText.withBytes(body)
    }
}
