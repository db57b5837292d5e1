import Model
import Primitives
import Testing

@testable import Envelope

@Suite("Version signatures")
struct KeyVersionSignatureTests {
    @Test("do not hold for another key, destination, injection or account")
    func refusesOtherContexts() throws {
        let version = try Self.version()
        let identity = try Fixture.identity()
        for (name, context) in try Fixture.alteredContexts() {
            #expect(throws: EnvelopeError.self, "\(name)") {
                _ = try KeyVersionSignature.verify(SignedVersion(version), context: context, identity: identity, writers: .none)
            }
        }
    }

    @Test("do not hold where anything signed was altered")
    func refusesAlteredFields() throws {
        let changes: [(inout KeyMessages.NewVersion) -> Void] = [
            { $0.ciphertext = Blob($0.ciphertext.bytes.dropLast() + [0x55]) },
            { $0.dekCommitment = Blob(Fixture.run(1, 32)) }, { $0.dekCommitment = Blob([]) }, { $0.signedAt += 1 },
            { $0.signedRevision += 1 }, { $0.signature = Blob(Fixture.run(1, 64)) }, { $0.signature = Blob([]) }, { $0.version += 1 },
            { $0.signer = Signer(kind: .writer, publicKey: $0.signer.publicKey) },
            { $0.signer = Signer(kind: .identity, publicKey: Blob(Fixture.run(1, 32))) },
            { $0.signer = Signer(kind: .identity, publicKey: Blob([])) },
            { $0.accountSeal = Blob(Fixture.run(0, 79)) }, { $0.ciphertext = Blob(Fixture.run(0, 28)) },
        ]
        let context = try Fixture.context()
        let identity = try Fixture.identity()
        for (index, change) in changes.enumerated() {
            var version = try Self.version()
            change(&version)
            #expect(throws: EnvelopeError.self, "change \(index)") {
                _ = try KeyVersionMaker.verify(version, context: context, identity: identity, writers: .none)
            }
        }
    }

    @Test("hold for what was signed")
    func accepts() throws {
        let version = try Self.version()
        let context = try Fixture.context()
        let verified = try KeyVersionMaker.verify(version, context: context, identity: Fixture.identity(), writers: .none)
        #expect(verified.context == context)
        #expect(verified.commitment == version.dekCommitment)
        #expect(verified.ciphertextDigest == KeyCiphertext.digest(version.ciphertext))
    }

    @Test("by a writer hold only as far as its certificate goes")
    func writerSignatures() throws {
        let context = try Fixture.context()
        let second = try Fixture.context(version: 2)
        let identity = try Fixture.identity()
        func verify(_ context: KeyContext, at: UInt64, writers: TrustedWriters) throws {
            let version = try Self.writerVersion(context, at: at)
            _ = try KeyVersionSignature.verify(SignedVersion(version), context: context, identity: identity, writers: writers)
        }
        let start = Fixture.issuedAt
        let enroll = try TrustedWriters([WriterCertificateTests.verified(rights: .enroll)])
        #expect(throws: Never.self) { try verify(context, at: start, writers: enroll) }
        #expect(throws: EnvelopeError.signerRefused("right")) { try verify(second, at: start, writers: enroll) }
        let rotate = try TrustedWriters([WriterCertificateTests.verified(rights: .rotate)])
        #expect(throws: Never.self) { try verify(second, at: start, writers: rotate) }
        #expect(throws: EnvelopeError.signerRefused("right")) { try verify(context, at: start, writers: rotate) }
        #expect(throws: EnvelopeError.signerRefused("unknown writer")) { try verify(context, at: start, writers: .none) }
        let alias = try TrustedWriters([WriterCertificateTests.verified(rights: .all, aliases: ["anthropic"])])
        #expect(throws: EnvelopeError.signerRefused("alias")) { try verify(context, at: start, writers: alias) }
        #expect(throws: EnvelopeError.signerRefused("validity")) { try verify(context, at: start - 3_601, writers: enroll) }
        #expect(throws: EnvelopeError.signerRefused("validity")) { try verify(context, at: Fixture.expiresAt, writers: enroll) }
    }

    @Test("by a writer cover no account revision")
    func writersHaveNoRevision() throws {
        let context = try Fixture.context()
        let key = try Fixture.writerKey()
        let digest = Blob(Fixture.run(0, 32))
        #expect(throws: EnvelopeError.self) {
            _ = try KeyVersionSignature.make(
                context: context, ciphertextDigest: digest, commitment: digest, signedAt: 1, revision: 1, key: key, kind: .writer)
        }
        var version = try Self.writerVersion(context, at: Fixture.issuedAt)
        version.signedRevision = 1
        let writers = try TrustedWriters([WriterCertificateTests.verified(rights: .all)])
        #expect(throws: EnvelopeError.signerRefused("a writer signs for no revision")) {
            _ = try KeyVersionSignature.verify(SignedVersion(version), context: context, identity: Fixture.identity(), writers: writers)
        }
    }

    @Test("cannot be made for another account's key")
    func refusesForeignAccounts() throws {
        let foreign = try Fixture.context(accountID: Fixture.id(AccountID.self, 1))
        #expect(throws: EnvelopeError.accountMismatch) { _ = try Self.version(foreign) }
    }

    static func version(_ context: KeyContext? = nil, dek: consuming DEK? = nil) throws -> KeyMessages.NewVersion {
        let dek = try dek ?? Fixture.dek()
        let value = Fixture.providerKey
        return try KeyVersionMaker.make(
            value: unsafe value.span.bytes, context: context ?? Fixture.context(), dek: dek, accountKey: Fixture.accountKey(),
            signedBy: Fixture.keys(), revision: 7, signedAt: Fixture.issuedAt - 1_000)
    }

    /// A version that a writer signed, whatever its certificate allows.
    private static func writerVersion(_ context: KeyContext, at signedAt: UInt64) throws -> KeyMessages.NewVersion {
        let dek = try Fixture.dek()
        let key = try Fixture.writerKey()
        let value = Fixture.providerKey
        let ciphertext = try dek.encrypt(unsafe value.span.bytes, context: context)
        let commitment = try dek.commitment(context)
        return KeyMessages.NewVersion(
            version: context.version, ciphertext: ciphertext, dekCommitment: commitment,
            signer: Signer(kind: .writer, publicKey: Blob(key.publicKey.bytes)),
            signature: try KeyVersionSignature.make(
                context: context, ciphertextDigest: KeyCiphertext.digest(ciphertext), commitment: commitment, signedAt: signedAt,
                revision: 0, key: key, kind: .writer),
            signedAt: signedAt, signedRevision: 0, accountSeal: try dek.seal(to: Fixture.accountKey(), context: context))
    }
}
