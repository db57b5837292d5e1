import Model
import TacitTesting
import Testing

@testable import Envelope

@Suite("Audit hashes")
struct AuditHashTests {
    @Test(
        "are those of the context",
        arguments: try TestVector.load("envelope", prefix: "audit-hash", required: ["sequence", "previous", "time", "account-id", "hash"]))
    func matchesVector(vector: TestVector) throws {
        let hash = try AuditHash.compute(
            sequence: vector.number("sequence"), previousHash: Blob(vector.bytes("previous")), timeMilliseconds: vector.number("time"),
            accountID: AccountID(bytes: vector.bytes("account-id")), actor: "operator", action: "enroll_key", subject: "openai",
            outcome: "ok",
            requestID: "request")
        #expect(hash.bytes == (try vector.bytes("hash")))
    }

    @Test("change with every field, and do not depend on the hash the record carries")
    func everyFieldCounts() throws {
        func record(
            sequence: UInt64 = 2, previous: UInt8 = 0, time: UInt64 = 3, account: UInt8? = 1, actor: String = "a", action: String = "b",
            subject: String = "c", outcome: String = "d", request: String = "e", hash: UInt8 = 0
        ) -> AuditRecord {
            AuditRecord(
                sequence: sequence, previousHash: Blob([UInt8](repeating: previous, count: 32)), timeMilliseconds: time,
                accountID: account.flatMap { AccountID(bytes: Fixture.run($0, 16)) }, actor: actor, action: action, subject: subject,
                outcome: outcome, requestID: request, hash: Blob([hash]))
        }
        let altered = [
            record(sequence: 3), record(previous: 1), record(time: 4), record(account: nil), record(account: 2), record(actor: "x"),
            record(action: "x"), record(subject: "x"), record(outcome: "x"), record(request: "x"), record(actor: "ab", action: ""),
        ]
        let hashes = try ([record()] + altered).map { try AuditHash.compute(of: $0) }
        #expect(Set(hashes).count == hashes.count)
        #expect(try AuditHash.compute(of: record(hash: 9)) == hashes[0])
    }

    @Test("are refused for sequence 0, a previous hash of another length and a text above 1 024 bytes")
    func refuses() {
        func compute(_ sequence: UInt64, _ count: Int, _ actor: String) throws -> Blob {
            try AuditHash.compute(
                sequence: sequence, previousHash: Blob([UInt8](repeating: 0, count: count)), timeMilliseconds: 0, accountID: nil,
                actor: actor, action: "", subject: "", outcome: "", requestID: "")
        }
        #expect(throws: EnvelopeError.self) { _ = try compute(0, 32, "") }
        #expect(throws: EnvelopeError.self) { _ = try compute(1, 31, "") }
        #expect(throws: EnvelopeError.self) { _ = try compute(1, 32, String(repeating: "a", count: 1025)) }
        #expect(throws: Never.self) { _ = try compute(1, 32, String(repeating: "a", count: 1024)) }
    }
}
