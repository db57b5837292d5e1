import GRDB
import Model
import TacitTesting
import Testing

@testable import Store

/// Somebody wrote into the file: nothing traps, other rows and accounts go on, and the row is named.
@Suite struct AlteredRowTests {
    @Test(arguments: [
        ("accounts", "identity_public_key = x'00'"), ("accounts", "name = 'UPPER'"), ("accounts", "revision = -1"),
        ("accounts", "account_key_epoch = 4294967296"), ("accounts", "name = 'a' || char(10)"),
    ])
    func `an altered account is named and opens nothing`(table: String, change: String) async throws {
        try await withAltered("UPDATE \(table) SET \(change) WHERE name = 'account-1'") { store, fixture in
            let state = try await store.accountState(of: fixture.accountID, now: StoreFixture.now)
            #expect(state.account == nil)
            #expect(state.faults == [IntegrityFault(table: "accounts", id: fixture.accountID.description)])
            await #expect(throws: StoreError.integrity(IntegrityFault(table: "accounts", id: fixture.accountID.description))) {
                try await store.account(fixture.accountID)
            }
        }
    }

    @Test(arguments: [
        "alias = 'Open AI'", "alias = ''", "provider = hex(zeroblob(40))", "destination_scheme = 3", "destination_scheme = -1",
        "destination_host = 'API.example.com'", "destination_host = 'exa mple.com'", "destination_host = ''", "destination_port = 0",
        "destination_port = 65536", "destination_base_path = '/a/../b'", "destination_base_path = 'x'", "destination_base_path = '/a/'",
        "destination_allowed_prefixes = '/models' || char(10) || '/chat'", "destination_allowed_prefixes = '/chat' || char(10) || '/chat'",
        "destination_allowed_prefixes = char(10)", "destination_denied_prefixes = 'admin'", "destination_allows_private = 2",
        "destination_allows_plaintext = 0", "injection_kind = 4", "injection_kind = 256", "injection_kind = 2", "injection_name = 'Host'",
        "injection_name = NULL", "injection_prefix = char(13) || char(10)", "injection_user = 'me'", "created_at = -1", "revoked_at = -1",
        "account_id = account_id, id = x'0102'",
    ])
    func `an altered key is named and left out`(change: String) async throws {
        try await withAltered("UPDATE keys SET \(change) WHERE alias = 'openai'") { store, fixture in
            let state = try await store.accountState(of: fixture.accountID, now: StoreFixture.now)
            #expect(state.account == fixture.account(at: 5))
            #expect(state.keys.map(\.record.alias.text) == ["groq"])
            #expect(state.faults.map(\.table) == ["keys"])
            #expect(try await store.keys(of: fixture.accountID).map(\.alias.text) == ["groq"])
        }
    }

    @Test(arguments: [
        ("slots", "kind = 9"), ("slots", "cost_iterations = 5"), ("slots", "cost_memory_kib = 4294967296"), ("slots", "salt = x''"),
        ("slots", "wrapped_record = x''"), ("key_versions", "state = 'paused'"), ("key_versions", "state = 'retired'"),
        ("key_versions", "ciphertext = x''"), ("key_versions", "version = 0"), ("key_versions", "signer_kind = 3"),
        ("key_versions", "signature = x'00'"), ("key_versions", "ciphertext_digest = zeroblob(31)"), ("seals", "recipient_id = x'00'"),
        ("seals", "wrapped_seal = zeroblob(131073)"), ("sessions", "kind = 3"), ("sessions", "key_ids = zeroblob(17)"),
        ("sessions", "key_ids = zeroblob(32)"), ("sessions", "policy_methods = 'post'"), ("sessions", "policy_origins = 'x'"),
        ("sessions", "policy_burst = 0"), ("sessions", "policy_paths = 'x'"), ("sessions", "policy_allows_upgrade = 7"),
        ("sessions", "expires_at = -1"), ("sessions", "label = hex(zeroblob(200))"), ("session_entries", "wrapped_entry = x''"),
        ("session_entries", "version = -1"), ("key_versions", "grace_until = 5"), ("key_versions", "state = 'grace'"),
        ("writers", "rights = ''"), ("writers", "rights = 'enroll,rotate'"), ("writers", "rights = 'rotate' || char(10) || 'enroll'"),
        ("writers", "aliases = 'Open AI'"), ("writers", "name = ''"), ("writers", "public_key = x'00'"), ("writers", "revoked_at = -1"),
        ("writers", "token_digest = zeroblob(31)"),
    ])
    func `another altered row is named and left out`(table: String, change: String) async throws {
        try await withAltered("UPDATE \(table) SET \(change) WHERE rowid = (SELECT min(rowid) FROM \(table))") { store, fixture in
            let state = try await store.accountState(of: fixture.accountID, now: StoreFixture.now)
            #expect(state.faults.map(\.table) == [table], "\(state.faults)")
            #expect(state.account != nil)
            #expect(state.keys.count == 2)
        }
    }

    @Test func `another type in a column, as a page edit leaves it, is named`() async throws {
        let loose = """
            PRAGMA writable_schema = ON;
            UPDATE sqlite_master SET sql = replace(sql, ') STRICT', ')') WHERE name IN ('keys', 'accounts');
            PRAGMA writable_schema = RESET;
            UPDATE keys SET destination_port = 'https' WHERE alias = 'openai';
            """
        try await withAltered(loose) { store, fixture in
            let state = try await store.accountState(of: fixture.accountID, now: StoreFixture.now)
            #expect(state.keys.map(\.record.alias.text) == ["groq"])
            #expect(state.faults.map(\.table) == ["keys"])
        }
    }

    @Test func `a dropped column leaves the row out instead of trapping`() async throws {
        try await withAltered("ALTER TABLE keys DROP COLUMN provider") { store, fixture in
            let state = try await store.accountState(of: fixture.accountID, now: StoreFixture.now)
            #expect(state.keys == [])
            #expect(state.faults.count == 2)
        }
    }

    @Test func `a row whose owner is gone is named`() async throws {
        try await withAltered("UPDATE keys SET account_id = zeroblob(16) WHERE alias = 'openai'") { store, fixture in
            let list = try await store.accountIDs()
            #expect(Set(list.ids) == [fixture.accountID, try StoreFixture(2).accountID])
            #expect(list.faults == [IntegrityFault(table: "keys", id: "row 1")])
        }
    }

    @Test func `an account id that is none is named and hides no other account`() async throws {
        try await withAltered("UPDATE accounts SET id = x'00' WHERE name = 'account-1'") { store, _ in
            let list = try await store.accountIDs()
            #expect(list.ids == [try StoreFixture(2).accountID])
            #expect(list.faults.contains(IntegrityFault(table: "accounts", id: "row 1")))
        }
    }

    @Test func `an altered session can still be ended`() async throws {
        try await withAltered("UPDATE sessions SET policy_methods = 'post'") { store, fixture in
            let session = try fixture.session(1, keys: [fixture.key(1, alias: "openai").id])
            #expect(try await store.revokeSession(session.id, at: 9) == 6)
            #expect(try await store.entries(of: session.id) == [])
        }
    }

    @Test func `an audit record that does not parse stops a walk and names itself`() async throws {
        try await withAltered("UPDATE audit SET hash = x'00'") { store, _ in
            await #expect(throws: StoreError.integrity(IntegrityFault(table: "audit", id: "1"))) {
                try await store.audit(from: 1, limit: 9)
            }
        }
    }

    @Test(arguments: ["action = hex(zeroblob(2000))", "account_id = x'00'", "time_ms = -1", "hash = x'00'", "previous_hash = x''"])
    func `an altered newest audit record does not stop the log`(change: String) async throws {
        try await withAltered("UPDATE audit SET \(change)") { store, _ in
            let next = try await store.appendAudit { last in
                AuditRecord(
                    sequence: (last?.sequence ?? 0) + 1, previousHash: last?.hash ?? Blob([]), timeMilliseconds: 2, accountID: nil,
                    actor: "broker", action: "a", subject: "", outcome: "ok", requestID: "", hash: StoreFixture.bytes(32, 1, 2))
            }
            #expect(next.sequence == 2)
            #expect(try await store.audit(last: 1) == [next])
            await #expect(throws: StoreError.integrity(IntegrityFault(table: "audit", id: "1"))) {
                try await store.audit(from: 1, limit: 9)
            }
        }
    }

    /// Fills a store with an account that has everything and a second one, closes it, runs `sql` on the file as an intruder would, and
    /// checks that the second account is untouched.
    private func withAltered(_ sql: String, _ body: (SQLiteStore, StoreFixture) async throws -> Void) async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let (fixture, other) = (try StoreFixture(1), try StoreFixture(2))
        let filled = try SQLiteStore(directory: directory.path)
        try await fixture.create(in: filled)
        try await other.create(in: filled)
        let keys = [try fixture.key(1, alias: "openai"), try fixture.key(2, alias: "groq")]
        for (index, key) in keys.enumerated() { try await fixture.enroll(key, in: filled, at: UInt64(index + 1)) }
        let session = try fixture.session(1, keys: keys.map(\.id))
        let entries = keys.map { fixture.entry(session, $0.id) }
        _ = try await filled.insertSession(session, entries: entries, kekEpoch: 1, expectedRevision: 3)
        _ = try await filled.insertWriter(fixture.writer(1), expectedRevision: 4)
        try await filled.appendAudit { _ in
            AuditRecord(
                sequence: 1, previousHash: Blob([UInt8](repeating: 0, count: 32)), timeMilliseconds: 1, accountID: nil, actor: "broker",
                action: "a", subject: "", outcome: "ok", requestID: "", hash: StoreFixture.bytes(32, 1, 1))
        }
        try filled.close()
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let intruder = try DatabaseQueue(path: directory.path + "/tacit.db", configuration: configuration)
        try await intruder.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA ignore_check_constraints = ON")
            try db.execute(sql: sql)
        }
        try intruder.close()
        let store = try SQLiteStore(directory: directory.path)
        try await body(store, fixture)
        #expect(try await store.accountState(of: other.accountID, now: 0).account == other.account)
        #expect(try await store.accountState(of: other.accountID, now: 0).faults == [])
        try store.close()
    }
}
