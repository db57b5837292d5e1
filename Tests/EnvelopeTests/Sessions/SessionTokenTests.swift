import Model
import SecretMemory
import TacitTesting
import Testing

@testable import Envelope

@Suite("Session tokens")
struct SessionTokenTests {
    @Test("are read in exactly one form", arguments: try TestVector.load("envelope", prefix: "session-token-", required: ["text", "raw"]))
    func matchesVector(vector: TestVector) throws {
        let (isToken, raw) = parse(try vector.bytes("text"))
        #expect(isToken == (vector.expectation == .success))
        #expect(raw == (isToken ? try vector.bytes("raw") : [UInt8](repeating: 0, count: 48)))
    }

    @Test("with any other character anywhere are no token or another one")
    func everyCharacterCounts() throws {
        let text = try Fixture.sessionSecret().token().exposed()
        let (_, raw) = parse(text)
        for index in text.indices {
            for byte in UInt8.min...UInt8.max where byte != text[index] {
                var altered = text
                altered[index] = byte
                let (isToken, other) = parse(altered)
                #expect(!isToken || other != raw)
                if !isToken { #expect(other == [UInt8](repeating: 0, count: 48)) }
            }
        }
    }

    @Test("are not read into memory of another size")
    func refusesOutput() throws {
        let text = try Fixture.sessionSecret().token().exposed()
        for count in [0, 47, 49] {
            let (isToken, raw) = parse(text, count: count)
            #expect(!isToken)
            #expect(raw == [UInt8](repeating: 0, count: count))
        }
    }

    @Test("are written with a secret of 32 bytes only, and read back")
    func roundTrips() throws {
        let id = Fixture.id(SessionID.self, 7)
        #expect(throws: EnvelopeError.self) { _ = try SessionToken.text(sessionID: id, secret: unsafe Fixture.run(0, 31).span.bytes) }
        let text = try SessionToken.text(sessionID: id, secret: unsafe Fixture.run(9, 32).span.bytes).exposed()
        #expect(text.count == SessionToken.textCount)
        let (isToken, raw) = parse(text)
        #expect(isToken)
        #expect(Array(raw[SessionToken.idRange]) == id.bytes)
        #expect(Array(raw[SessionToken.secretRange]) == Fixture.run(9, 32))
    }

    private func parse(_ text: [UInt8], count: Int = 48) -> (Bool, [UInt8]) {
        var out = [UInt8](repeating: 0xff, count: count)
        var elements = out.mutableSpan
        var span = unsafe elements.mutableBytes
        let isToken = SessionToken.parse(unsafe text.span.bytes, into: &span)
        return (isToken, out)
    }
}
