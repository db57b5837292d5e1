import Model
import TacitTesting
import Testing

@testable import Audit

@Suite struct AuditContextTests {
    /// Bytes and hashes made by an independent program from FORMAT sections 1, 2 and 12.
    @Test(arguments: [
        (
            record(
                sequence: 2, previous: 0x11, time: 1_800_000_000_123, account: AccountID(bytes: Array(0..<16)),
                texts: ["operator", "enroll_key", "schlüssel", "ok", "req-1"]),
            """
            0e74616369742f61756469742f76310100000010000102030405060708090a0b0c0d0e0f5000000008000000000000000251000000201111\
            1111111111111111111111111111111111111111111111111111111111115200000008000001a3185c507b53000000086f70657261746f72\
            540000000a656e726f6c6c5f6b6579550000000a7363686cc3bc7373656c56000000026f6b57000000057265712d31
            """,
            "b4d925b5d28e357e2ffe73026eb58e183d8a18fc52f4419b30b81f7aea5f5e16"
        ),
        (
            record(sequence: 1, previous: 0, time: 0, account: nil, texts: ["", "", "", "", ""]),
            """
            0e74616369742f61756469742f76310100000010000000000000000000000000000000005000000008000000000000000151000000200000\
            0000000000000000000000000000000000000000000000000000000000005200000008000000000000000053000000005400000000550000\
            000056000000005700000000
            """,
            "415cfa197db91e9259016ff23ad5d89946bc30fb5e386f84cf590e1a3596539f"
        ),
    ])
    func `encodes and hashes as the format says`(record: AuditRecord, bytes: String, hash: String) {
        #expect(hex(AuditContext.bytes(of: record)) == bytes)
        #expect(hex(AuditContext.hash(of: record).bytes) == hash)
    }

    @Test(
        arguments: try TestVector.load("envelope", prefix: "audit-hash", required: ["sequence", "previous", "time", "account-id", "hash"]))
    func `hashes as the format's vectors say`(vector: TestVector) throws {
        let record = AuditRecord(
            sequence: try vector.number("sequence"), previousHash: Blob(try vector.bytes("previous")),
            timeMilliseconds: try vector.number("time"), accountID: AccountID(bytes: try vector.bytes("account-id")), actor: "operator",
            action: "enroll_key", subject: "openai", outcome: "ok", requestID: "request", hash: Blob([]))
        #expect(AuditContext.hash(of: record).bytes == (try vector.bytes("hash")))
    }

    private static func record(sequence: UInt64, previous: UInt8, time: UInt64, account: AccountID?, texts: [String]) -> AuditRecord {
        AuditRecord(
            sequence: sequence, previousHash: Blob([UInt8](repeating: previous, count: 32)), timeMilliseconds: time, accountID: account,
            actor: texts[0], action: texts[1], subject: texts[2], outcome: texts[3], requestID: texts[4], hash: Blob([]))
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
