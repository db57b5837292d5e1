import Foundation
import GRDB
import Model
import TacitTesting
import Testing

@testable import Store

@Suite struct SQLiteStoreTests {
    @Test(arguments: [0o701, 0o750, 0o777])
    func `refuses a directory that others can enter, and says the cure`(mode: Int) throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try directory.setMode(mode, of: "")
        #expect(throws: StoreError.unavailable("\(directory.path) is open to other users; run: chmod 700 \(directory.path)")) {
            try SQLiteStore(directory: directory.path)
        }
    }

    @Test func `refuses a database that others can read, and says the cure`() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try SQLiteStore(directory: directory.path).close()
        try directory.setMode(0o640, of: "tacit.db")
        let file = directory.path + "/tacit.db"
        #expect(throws: StoreError.unavailable("\(file) is open to other users; run: chmod 600 \(file)")) {
            try SQLiteStore(directory: directory.path)
        }
    }

    @Test func `refuses a symbolic link, a missing directory and a file in its place`() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let manager = FileManager.default
        try manager.createDirectory(
            atPath: directory.path + "/data", withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        try manager.createSymbolicLink(atPath: directory.path + "/data/tacit.db", withDestinationPath: directory.path + "/elsewhere")
        try manager.createSymbolicLink(atPath: directory.path + "/link", withDestinationPath: directory.path + "/data")
        try Data().write(to: URL(fileURLWithPath: directory.path + "/file"))
        for name in ["data", "link", "missing", "file"] {
            #expect(throws: StoreError.self, "\(name)") { try SQLiteStore(directory: directory.path + "/" + name) }
        }
        #expect(!manager.fileExists(atPath: directory.path + "/elsewhere"))
    }

    @Test func `refuses a file that is no database, or another program's`() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let file = directory.path + "/tacit.db"
        try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: file))
        try directory.setMode(0o600, of: "tacit.db")
        #expect { try SQLiteStore(directory: directory.path) } throws: { if case .corrupt = $0 as? StoreError { true } else { false } }
        try FileManager.default.removeItem(atPath: file)
        try DatabaseQueue(path: file).write { db in try db.execute(sql: "CREATE TABLE accounts (id INTEGER)") }
        try directory.setMode(0o600, of: "tacit.db")
        #expect(throws: StoreError.corrupt("the file is not a database of tacit")) { try SQLiteStore(directory: directory.path) }
    }

    @Test(arguments: ["PRAGMA user_version = 9", "INSERT INTO grdb_migrations (identifier) VALUES ('9 something newer')"])
    func `refuses a schema of a newer version`(change: String) throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try SQLiteStore(directory: directory.path).close()
        try alter(directory, change)
        #expect(throws: StoreError.unavailable("the database was written by a newer version of tacit; install that version")) {
            try SQLiteStore(directory: directory.path)
        }
    }

    @Test func `every call on a closed store throws`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let store = try SQLiteStore(directory: directory.path)
        try store.close()
        await #expect(throws: StoreError.self) { try await store.changeCounter() }
        await #expect(throws: StoreError.self) { try await StoreFixture(1).create(in: store) }
    }

    @Test func `a full database says full and keeps what it had`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let store = try SQLiteStore(directory: directory.path)
        try await StoreFixture(1).create(in: store)
        try await store.pool.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(pages)")
        }
        let big = UsageRecord(
            at: 1, accountID: try StoreFixture(1).accountID, sessionID: try StoreFixture.id(1, 1), keyID: try StoreFixture.id(1, 2),
            version: 1, status: 200, requests: 1, bytesUp: 1, bytesDown: 1, redactions: 0, exposureMicroseconds: 1)
        await #expect(throws: StoreError.full) { try await store.appendUsage(Array(repeating: big, count: 1000)) }
        #expect(try await store.usage(of: StoreFixture(1).accountID, since: 0).isEmpty)
        #expect(try await store.account(StoreFixture(1).accountID) == StoreFixture(1).account)
        try store.close()
    }

    @Test func `writes durably and shreds, also after many transactions and on every connection`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let store = try SQLiteStore(directory: directory.path)
        for seed in 1...5 { try await StoreFixture(UInt8(seed)).create(in: store) }
        try await store.pool.writeWithoutTransaction { db in
            try SQLiteStore.checkDurability(db)
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
            #expect(throws: StoreError.self) { try SQLiteStore.checkDurability(db) }
        }
        let trusted = try await store.pool.read { db in
            [try Int.fetchOne(db, sql: "PRAGMA trusted_schema"), try Int.fetchOne(db, sql: "PRAGMA cell_size_check")]
        }
        #expect(trusted == [0, 1])
        try store.close()
    }

    @Test func `all files are for the owner only, whatever the umask`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let store = try SQLiteStore(directory: directory.path)
        try await StoreFixture(1).create(in: store)
        for name in ["tacit.db", "tacit.db-wal", "tacit.db-shm"] { #expect(try directory.mode(of: name) == 0o600, "\(name)") }
        try store.close()
    }

    @Test func `makes missing directories for the owner only`() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try SQLiteStore.makeDirectory(directory.path + "/a/b")
        try SQLiteStore.makeDirectory(directory.path + "/a/b")
        #expect(try directory.mode(of: "a") == 0o700)
        #expect(try directory.mode(of: "a/b") == 0o700)
        try SQLiteStore(directory: directory.path + "/a/b").close()
    }

    @Test func `the file names its application and schema`() throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try SQLiteStore(directory: directory.path).close()
        try DatabaseQueue(path: directory.path + "/tacit.db").read { db in
            #expect(try Int32.fetchOne(db, sql: "PRAGMA application_id") == 0x7463_6974)
            #expect(try Int.fetchOne(db, sql: "PRAGMA user_version") == 5)
            let loose = try String.fetchAll(
                db, sql: "SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT GLOB 'sqlite_*'")
            #expect(loose == ["grdb_migrations"])
        }
    }

    private func alter(_ directory: TemporaryDirectory, _ sql: String) throws {
        try DatabaseQueue(path: directory.path + "/tacit.db").write { db in try db.execute(sql: sql) }
    }
}
