import Model
import Testing

@testable import Sessions

/// Sessions of an account share what is the same for all of them.
@Suite struct SharedPolicyTests {
    @Test func `sessions of one policy share it, others do not`() throws {
        let fixture = try SessionFixture { $0.methods = ["POST"] }
        let same = try record(like: fixture.session, seed: 1, policy: fixture.session.policy)
        var other = fixture.session.policy
        other.methods = ["GET"]
        let different = try record(like: fixture.session, seed: 2, policy: other.canonical())
        let records = [fixture.session, same, different]
        for _ in 0..<2 {
            fixture.table.install(
                account: fixture.accountID, keys: [LiveKeySource(record: fixture.key, active: fixture.version)],
                sessions: records.map { LiveSessionSource(record: $0, entries: fixture.entries) })
            let live = try records.map { try #require(fixture.table.find($0.id)) }
            #expect(live[0].policy === live[1].policy)
            #expect(live[0].policy !== live[2].policy)
            #expect(live.map { allows($0.policy, "GET") } == [false, false, true])
        }
    }

    @Test func `a session keeps its own counters beside a shared policy`() throws {
        let fixture = try SessionFixture { $0.maximumRequests = 2 }
        let same = try record(like: fixture.session, seed: 1, policy: fixture.session.policy)
        fixture.table.install(
            account: fixture.accountID, keys: [LiveKeySource(record: fixture.key, active: fixture.version)],
            sessions: [fixture.session, same].map { LiveSessionSource(record: $0, entries: fixture.entries) })
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call() } == nil)
        #expect(fixture.table.usedRequests(session: fixture.session.id) == 1)
        #expect(fixture.table.usedRequests(session: same.id) == 0)
    }

    @Test func `an entry of an impossible length is answered as altered`() throws {
        let fixture = try SessionFixture()
        let short = LiveEntrySource(keyID: fixture.key.id, version: 1, material: .entry(Blob([UInt8](repeating: 7, count: 59))))
        fixture.table.install(
            account: fixture.accountID, keys: [LiveKeySource(record: fixture.key, active: fixture.version)],
            sessions: [LiveSessionSource(record: fixture.session, entries: [short])])
        let code = fixture.code { () throws(Refusal) in
            let grant = try fixture.call()
            _ = try fixture.value(of: grant)
        }
        #expect(code == .integrity)
    }

    private func allows(_ policy: CompiledPolicy, _ method: String) -> Bool {
        let bytes = Array(method.utf8)
        return policy.allows(method: bytes.span)
    }

    private func record(like record: SessionRecord, seed: UInt8, policy: SessionPolicy) throws -> SessionRecord {
        SessionRecord(
            id: try #require(SessionID(bytes: [UInt8](repeating: seed, count: 16))), accountID: record.accountID, kind: record.kind,
            label: record.label, publicKey: record.publicKey, verifierDigest: record.verifierDigest, keyIDs: record.keyIDs,
            issuedAt: record.issuedAt, expiresAt: record.expiresAt, policy: policy, accountRevision: 1, signature: record.signature,
            revokedAt: nil)
    }
}
