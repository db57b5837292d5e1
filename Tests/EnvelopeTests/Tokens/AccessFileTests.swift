import Model
import Primitives
import SecretMemory
import TacitTesting
import Testing

@testable import Envelope

@Suite("Access files")
struct AccessFileTests {
    @Test(
        "are read in exactly their format, with parts that belong together",
        arguments: try TestVector.load(
            "envelope", prefix: "access-file-", required: ["file", "canonical"]))
    func matchesVector(vector: TestVector) throws {
        let bytes = try vector.bytes("file")
        try check(vector) {
            let file = try AccessFile(reading: unsafe bytes.span.bytes)
            #expect(file.url == "https://127.0.0.1:8700")
            #expect(file.accountName == AccountName("alice"))
            #expect(file.identity == (try Fixture.identity()))
            #expect(file.writer.certificate.writerID == Fixture.writerID)
            #expect(file.writerKey.publicKey == (try Fixture.writerKey().publicKey))
            if try vector.number("canonical") == 1 { #expect(try file.encoded().exposed() == bytes) }
        }
    }

    @Test("cut at any length are refused")
    func refusesTruncated() throws {
        let bytes = try Self.file().encoded().exposed()
        for count in 0..<bytes.count - 1 {
            #expect(throws: EnvelopeError.self) { _ = try AccessFile(reading: unsafe Array(bytes.prefix(count)).span.bytes) }
        }
    }

    @Test("above 131 072 bytes are refused")
    func refusesTooLarge() {
        #expect(throws: EnvelopeError.tooLarge("access file")) {
            _ = try AccessFile(reading: unsafe [UInt8](repeating: 0x20, count: 131_073).span.bytes)
        }
    }

    @Test("are read back as they were written")
    func roundTrips() throws {
        let file = try Self.file()
        let bytes = try file.encoded().exposed()
        let read = try AccessFile(reading: unsafe bytes.span.bytes)
        #expect(read.withToken { SecretBytes(copying: $0) }.exposed() == file.withToken { SecretBytes(copying: $0) }.exposed())
        #expect(try read.encoded().exposed() == bytes)
    }

    @Test("write values that the account trusts, as far as the certificate goes")
    func writesVersions() throws {
        let file = try Self.file()
        let context = try Fixture.context()
        let value = Fixture.providerKey
        func make(_ context: KeyContext, at signedAt: UInt64) throws -> KeyMessages.NewVersion {
            try KeyVersionMaker.make(
                value: unsafe value.span.bytes, context: context, dek: DEK(), accountKey: Fixture.accountKey(), signedBy: file,
                signedAt: signedAt)
        }
        #expect(throws: EnvelopeError.signerRefused("alias")) { _ = try make(Fixture.context(alias: "other"), at: Fixture.issuedAt) }
        #expect(throws: EnvelopeError.signerRefused("validity")) { _ = try make(context, at: Fixture.expiresAt) }
        #expect(throws: EnvelopeError.accountMismatch) {
            _ = try make(Fixture.context(accountID: Fixture.id(AccountID.self, 1)), at: Fixture.issuedAt)
        }
        let version = try make(context, at: Fixture.issuedAt)
        #expect(version.signedRevision == 0)
        let verified = try KeyVersionMaker.verify(
            version, context: context, identity: Fixture.identity(), writers: TrustedWriters([file.writer]))
        #expect(verified.signer.kind == .writer)
    }

    static func file() throws -> AccessFile {
        let certificate = try WriterCertificateTests.certificate()
        return try AccessFile(
            url: "unix:/run/tacit/control.sock", accountName: Fixture.required(AccountName("a.b@example+x")), identity: Fixture.identity(),
            token: AccessToken.make(writerID: Fixture.writerID).takeText(), writerKey: Fixture.writerKey(), certificate: certificate,
            signature: certificate.sign(with: Fixture.keys()))
    }
}
