import Model
import SecretMemory
import TacitTesting
import Testing

@testable import Envelope

@Suite("Bearer tokens")
struct BearerTokenTests {
    @Test(
        "are read in exactly one form", arguments: try TestVector.load("envelope", prefix: "bearer-", required: ["kind", "text", "digest"]))
    func matchesVector(vector: TestVector) throws {
        let kind: BearerToken.Kind = try vector.text("kind") == "owner" ? .owner : .invitation
        let digest = digest(try vector.bytes("text"), kind)
        #expect(digest?.bytes == (vector.expectation == .success ? try vector.bytes("digest") : nil))
    }

    @Test("are known by their digest, as their own kind only", arguments: BearerToken.Kind.allCases)
    func roundTrips(kind: BearerToken.Kind) throws {
        let token = try BearerToken.make(kind)
        let text = token.text.exposed()
        #expect(text.count == BearerToken.textCount)
        #expect(digest(text, kind) == token.digest)
        for other in BearerToken.Kind.allCases where other != kind { #expect(digest(text, other) == nil) }
        #expect(try BearerToken.make(kind).digest != token.digest)
    }

    @Test("of access files name their writer")
    func accessTokens() throws {
        let token = try AccessToken.make(writerID: Fixture.writerID)
        let text = token.text.exposed()
        #expect(text.count == AccessToken.textCount)
        let parsed = AccessToken.parse(unsafe text.span.bytes)
        #expect(parsed?.writerID == Fixture.writerID)
        #expect(parsed?.digest == token.digest)
        let session = try Fixture.sessionSecret().token().exposed()
        for other in [session, Array(text.dropLast()), text + [65], [], Array("tca_".utf8)] {
            #expect(AccessToken.parse(unsafe other.span.bytes) == nil)
        }
    }

    private func digest(_ text: [UInt8], _ kind: BearerToken.Kind) -> Blob? {
        BearerToken.digest(of: unsafe text.span.bytes, kind: kind)
    }
}
