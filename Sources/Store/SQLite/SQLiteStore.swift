import GRDB
package import Model

/// The embedded store: one SQLite file in WAL mode that several brokers of one machine may share.
///
/// One connection writes, a few read, each on a queue of its own, so nothing here blocks the cooperative pool. A transaction that was
/// begun runs to its end even where the calling task is cancelled: a caller never wonders whether something was stored.
package final class SQLiteStore: Store {
    let pool: DatabasePool
    let jobLock: KEKJobLock
    package let storeID: StoreID
    /// Of the database file.
    package let path: String

    /// Makes `directory` and what is missing above it with mode 0700; checks one that is there.
    /// - Throws: `.unavailable` with the command that cures it, `.full`.
    package static func makeDirectory(_ directory: String) throws(StoreError) { try StoreDirectory.make(directory) }

    /// Opens `directory/tacit.db`, or makes it (mode 0600). Blocks; for the start only.
    /// - Throws: `.unavailable` for a wrong mode or owner, a schema of a newer version, or a connection that is not durable; `.corrupt`
    ///   where the file is no database of ours; `.full`.
    package init(directory: String) throws(StoreError) {
        let path = try StoreDirectory.prepare(directory)
        let lock = try StoreDirectoryLock(directory)
        self.path = path
        jobLock = KEKJobLock(directory: directory)
        (pool, storeID) = try Self.mapping {
            let pool = try DatabasePool(path: path, configuration: Self.configuration())
            try pool.writeWithoutTransaction { db in
                try Self.checkKind(db)
                // The pool lowers this to NORMAL after it prepared the connection, and opens the writer once: set here, it stays.
                try db.execute(sql: "PRAGMA synchronous = FULL")
                try Self.checkDurability(db)
            }
            try StoreSchema.migrator(storeID: (0..<16).map { _ in UInt8.random(in: 0...255) }).migrate(pool)
            let id = try pool.read { db in try Row.fetchOne(db, sql: "SELECT store_id FROM meta WHERE id = 1") }
            guard let id, let storeID = try? RowReader(id).id("store_id", as: StoreID.self) else {
                throw StoreError.corrupt("the database has no store id")
            }
            return (pool, storeID)
        }
        try StoreDirectory.checkFiles(path)
        _ = consume lock
        shredLog()
    }

    /// Closes all connections; every later call throws `.unavailable`.
    package func close() throws(StoreError) {
        jobLock.release()
        try Self.mapping { try pool.close() }
    }

    private static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.label = "tacit.store"
        configuration.foreignKeysEnabled = true
        configuration.publicStatementArguments = false
        configuration.busyMode = .timeout(busySeconds)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            try db.execute(
                sql: """
                    PRAGMA trusted_schema = OFF;
                    PRAGMA cell_size_check = ON;
                    PRAGMA secure_delete = ON;
                    PRAGMA temp_store = MEMORY;
                    """)
        }
        return configuration
    }

    /// How long a connection waits for another broker's transaction.
    static let busySeconds = 5.0

    /// Refuses a file of another program or of a newer version.
    private static func checkKind(_ db: Database) throws {
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id")
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master")
        guard application == StoreSchema.applicationID || (application == 0 && tables == 0) else {
            throw StoreError.corrupt("the file is not a database of tacit")
        }
        let isNewer = try StoreSchema.migrator(storeID: []).hasBeenSuperseded(db)
        guard let version = try Int.fetchOne(db, sql: "PRAGMA user_version"), version <= StoreSchema.version, !isNewer else {
            throw StoreError.unavailable("the database was written by a newer version of tacit; install that version")
        }
    }

    /// Reads back what durability and shredding rest on.
    static func checkDurability(_ db: Database) throws {
        guard try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal", try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2,
            try Int.fetchOne(db, sql: "PRAGMA foreign_keys") == 1, try Int.fetchOne(db, sql: "PRAGMA secure_delete") == 1,
            try Int.fetchOne(db, sql: "PRAGMA trusted_schema") == 0
        else { throw StoreError.unavailable("SQLite does not keep the settings that durability needs") }
    }
}
