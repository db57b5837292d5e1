import Model
import TacitTesting
import Testing

@testable import Envelope

@Suite("Policy bytes")
struct PolicyCodingTests {
    @Test(
        "decode, encode and digest as the vectors say",
        arguments: try TestVector.load("envelope", prefix: "policy-", required: ["policy", "digest"]))
    func matchesVector(vector: TestVector) throws {
        let bytes = try vector.bytes("policy")
        try check(vector) {
            let policy = try PolicyCoding.decode(bytes)
            #expect(try PolicyCoding.encode(policy).bytes == bytes)
            #expect(try PolicyCoding.digest(policy).bytes == vector.bytes("digest"))
        }
    }

    @Test("do not depend on order or repetition in a set")
    func isCanonical() throws {
        var shuffled = try KeyContextTests.policy()
        shuffled.methods = ["GET", "POST", "GET"]
        shuffled.paths.reverse()
        #expect(try PolicyCoding.digest(shuffled) == PolicyCoding.digest(KeyContextTests.policy()))
    }

    @Test("differ with every limit")
    func everyLimitCounts() throws {
        let changes: [(inout SessionPolicy) throws -> Void] = [
            { $0.kind = .lease }, { $0.methods = ["GET"] }, { $0.methods = [] }, { $0.paths = [try PathPrefix("/models")] },
            { $0.paths = [] },
            { $0.origins = [] }, { $0.origins = ["https://example.com:8443"] }, { $0.maximumRequests = 0 }, { $0.rate = 2001 },
            { $0.burst = 11 },
            { $0.maximumConcurrent = 0 }, { $0.idleSeconds = 0 }, { $0.allowsUpgrade = true },
            { $0.mintingPaths = [try PathPrefix("/keys")] },
            {
                $0.mintingPaths = $0.paths; $0.paths = []
            },
        ]
        var digests: Set<Blob> = [try PolicyCoding.digest(KeyContextTests.policy())]
        for change in changes {
            var policy = try KeyContextTests.policy()
            try change(&policy)
            digests.insert(try PolicyCoding.digest(policy))
        }
        #expect(digests.count == changes.count + 1)
    }

    @Test("are refused above 65 536 bytes")
    func refusesTooLarge() throws {
        var policy = SessionPolicy()
        policy.paths = try (0..<100).map { try PathPrefix("/" + String(repeating: "a", count: 1000) + "\($0)") }
        #expect(throws: EnvelopeError.tooLarge("tacit/policy/v1")) { _ = try PolicyCoding.encode(policy) }
        policy.paths = try (0..<257).map { try PathPrefix("/\($0)") }
        #expect(throws: EnvelopeError.self) { _ = try PolicyCoding.encode(policy) }
    }
}
