import Model
import Primitives
import TacitTesting
import Testing

@testable import Envelope

@Suite("Writer certificates")
struct WriterCertificateTests {
    @Test("do not hold where anything signed was altered")
    func refusesAltered() throws {
        let good = try Self.certificate()
        let signature = try good.sign(with: Fixture.keys())
        let altered = try [
            Self.certificate(writerID: Fixture.id(WriterID.self, 1)), Self.certificate(name: "nightlz"),
            Self.certificate(publicKey: Fixture.run(1, 32)),
            Self.certificate(rights: .all), Self.certificate(rights: []), Self.certificate(aliases: []),
            Self.certificate(aliases: ["openai", "other"]),
            Self.certificate(notBefore: 1), Self.certificate(expiresAt: Fixture.expiresAt + 1), Self.certificate(revision: 8),
        ]
        for certificate in altered {
            #expect(throws: EnvelopeError.signatureInvalid) {
                _ = try certificate.verify(signature: signature, identity: Fixture.identity())
            }
        }
        #expect(throws: EnvelopeError.accountMismatch) {
            _ = try good.verify(signature: signature, identity: AccountKeys.make().publicIdentity)
        }
        #expect(throws: EnvelopeError.accountMismatch) { _ = try good.sign(with: AccountKeys.make()) }
        #expect(try good.verify(signature: signature, identity: Fixture.identity()).certificate == good)
    }

    @Test("with an empty validity, name or unusable key are refused")
    func refusesShapes() throws {
        #expect(throws: EnvelopeError.self) { _ = try Self.certificate(notBefore: 5, expiresAt: 5).sign(with: Fixture.keys()) }
        #expect(throws: EnvelopeError.self) { _ = try Self.certificate(name: "").sign(with: Fixture.keys()) }
        #expect(throws: EnvelopeError.self) { _ = try Self.certificate(name: String(repeating: "n", count: 65)).context() }
        #expect(throws: EnvelopeError.self) { _ = try Self.certificate(publicKey: []).context() }
        let small = try Self.certificate(publicKey: [UInt8](repeating: 0, count: 32))
        let signature = try small.sign(with: Fixture.keys())
        #expect(throws: EnvelopeError.self) { _ = try small.verify(signature: signature, identity: Fixture.identity()) }
    }

    @Test("are the vector's bytes, and parse to the same value")
    func matchesVector() throws {
        let vector = try TestVector.load("envelope", prefix: "context-writer", required: ["label", "context"])[0]
        let bytes = Blob(try vector.bytes("context"))
        let certificate = try Self.certificate()
        #expect(try certificate.context().bytes == bytes.bytes)
        #expect(try WriterCertificate(parsing: bytes) == certificate)
    }

    @Test("with an alias that is none do not parse")
    func refusesAliases() throws {
        let reader = try ContextReader(Self.certificate().context().bytes, kind: .writer)
        let fields = try ContextKind.writer.tags.map { tag in
            ContextField(tag, tag == .aliases ? try FieldList.encode(texts: ["Not An Alias"]) : try reader.bytes(tag))
        }
        let bytes = Blob(try ContextBytes(.writer, fields).bytes)
        #expect(throws: EnvelopeError.self) { _ = try WriterCertificate(parsing: bytes) }
    }

    @Test("are trusted from a server's list only where the identity key signed every part of them")
    func refusesAlteredLists() throws {
        let certificate = try Self.certificate()
        let good = AccessMessages.Access(
            writerID: certificate.writerID, name: certificate.name, publicKey: certificate.publicKey, rights: certificate.rights.names,
            aliases: certificate.aliases, notBefore: certificate.notBefore, expiresAt: certificate.expiresAt,
            accountRevision: certificate.accountRevision, signature: try certificate.sign(with: Fixture.keys()), createdAt: 1,
            revokedAt: nil)
        let changes: [(name: String, change: (inout AccessMessages.Access) throws -> Void)] = [
            ("id", { $0.writerID = Fixture.id(WriterID.self, 1) }), ("name", { $0.name = "weekly" }),
            ("key", { $0.publicKey = Blob(try Fixture.identity().publicKey.bytes) }), ("rights", { $0.rights = AccessRight.allCases }),
            ("aliases", { $0.aliases = [] }), ("not before", { $0.notBefore -= 1 }), ("expiry", { $0.expiresAt += 1 }),
            ("revision", { $0.accountRevision += 1 }), ("signature", { $0.signature = Blob(Fixture.run(0, 64)) }),
        ]
        for (name, change) in changes {
            var listed = good
            try change(&listed)
            #expect(throws: EnvelopeError.self, "\(name)") { _ = try TrustedWriters(verifying: [listed], identity: Fixture.identity()) }
        }
        _ = try TrustedWriters(verifying: [good], identity: Fixture.identity())
        #expect(WriterCertificate(accountID: certificate.accountID, listed: good) == certificate)
        #expect(WriterRights(AccessRight.allCases) == .all && WriterRights.all.names == AccessRight.allCases.sorted())
        #expect(WriterRights([]).names.isEmpty && WriterRights([.rotate, .rotate]) == .rotate)
    }

    static func certificate(
        writerID: WriterID = Fixture.writerID, name: String = "nightly", publicKey: [UInt8]? = nil,
        rights: WriterRights = [.enroll, .rotate],
        aliases: [String] = ["openai"], notBefore: UInt64 = Fixture.issuedAt - 3_600, expiresAt: UInt64 = Fixture.expiresAt,
        revision: UInt64 = 7
    ) throws -> WriterCertificate {
        try WriterCertificate(
            accountID: Fixture.identity().accountID, writerID: writerID, name: name,
            publicKey: Blob(publicKey ?? Fixture.writerKey().publicKey.bytes), rights: rights,
            aliases: aliases.map { try Fixture.alias($0) },
            notBefore: notBefore, expiresAt: expiresAt, accountRevision: revision)
    }

    static func verified(rights: WriterRights, aliases: [String] = []) throws -> VerifiedWriter {
        let certificate = try certificate(rights: rights, aliases: aliases)
        return try certificate.verify(signature: certificate.sign(with: Fixture.keys()), identity: Fixture.identity())
    }
}
