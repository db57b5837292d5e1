import GRDB
import Model

/// The tables, as named migrations. A migration that has shipped is never edited; a change is a new one with the next version.
///
/// Tables are STRICT, and each column has a CHECK of what a good writer can put there: that catches our own bugs. What somebody else
/// wrote into the file is caught when a row is read (``RowReader``) and by the contexts that cover it.
enum StoreSchema {
    /// "tcit"
    static let applicationID: Int32 = 0x7463_6974
    /// Number of the newest migration; `user_version` of the file.
    static let version = 5

    static func migrator(storeID: [UInt8]) -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 accounts, keys, sessions, usage, audit") { db in
            try db.execute(sql: accounts + keys + sessions + records)
            try db.execute(sql: "INSERT INTO meta (id, store_id, change) VALUES (1, ?, 0)", arguments: [Blob(storeID).column])
            try db.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = 1")
        }
        migrator.registerMigration("2 KEK epochs") { db in
            try db.execute(sql: kek)
            try db.execute(sql: "PRAGMA user_version = 2")
        }
        migrator.registerMigration("3 access files, key versions, renewed accounts") { db in
            try db.execute(sql: rotation)
            try db.execute(sql: "PRAGMA user_version = 3")
        }
        migrator.registerMigration("4 usage per day") { db in
            try db.execute(sql: usageDays)
            try db.execute(sql: "PRAGMA user_version = 4")
        }
        migrator.registerMigration("5 reserved requests") { db in
            try db.execute(sql: requests)
            try db.execute(sql: "PRAGMA user_version = 5")
        }
        return migrator
    }

    private static let accounts = """
        CREATE TABLE meta (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            store_id BLOB NOT NULL CHECK (length(store_id) = 16),
            change INTEGER NOT NULL CHECK (change >= 0)
        ) STRICT;
        CREATE TABLE secrets (
            name TEXT PRIMARY KEY NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
            wrapped BLOB NOT NULL CHECK (length(wrapped) BETWEEN 1 AND 131072),
            kek_version INTEGER NOT NULL CHECK (kek_version BETWEEN 0 AND 4294967295)
        ) STRICT;
        CREATE TABLE accounts (
            id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
            name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
            identity_public_key BLOB NOT NULL CHECK (length(identity_public_key) = 32),
            account_key_epoch INTEGER NOT NULL CHECK (account_key_epoch BETWEEN 1 AND 4294967295),
            account_public_key BLOB NOT NULL CHECK (length(account_public_key) = 32),
            account_key_signature BLOB NOT NULL CHECK (length(account_key_signature) = 64),
            slot_list_revision INTEGER NOT NULL CHECK (slot_list_revision BETWEEN 0 AND revision),
            slot_list_signature BLOB NOT NULL CHECK (length(slot_list_signature) = 64),
            revision INTEGER NOT NULL CHECK (revision >= 1),
            change INTEGER NOT NULL CHECK (change >= 0),
            created_at INTEGER NOT NULL CHECK (created_at >= 0)
        ) STRICT;
        CREATE INDEX accounts_by_change ON accounts (change);
        CREATE TABLE slots (
            account_id BLOB NOT NULL REFERENCES accounts (id),
            slot_id BLOB NOT NULL CHECK (length(slot_id) = 16),
            kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 5),
            salt BLOB NOT NULL CHECK (length(salt) = 16),
            cost_memory_kib INTEGER CHECK (cost_memory_kib BETWEEN 0 AND 4294967295),
            cost_passes INTEGER CHECK (cost_passes BETWEEN 0 AND 4294967295),
            cost_iterations INTEGER CHECK (cost_iterations BETWEEN 0 AND 4294967295),
            public_key BLOB NOT NULL CHECK (length(public_key) = 32),
            wrapped_record BLOB NOT NULL CHECK (length(wrapped_record) BETWEEN 1 AND 131072),
            kek_version INTEGER NOT NULL CHECK (kek_version BETWEEN 0 AND 4294967295),
            created_at INTEGER NOT NULL CHECK (created_at >= 0),
            PRIMARY KEY (account_id, slot_id)
        ) STRICT;
        CREATE TABLE logins (
            token_digest BLOB PRIMARY KEY NOT NULL CHECK (length(token_digest) = 32),
            account_id BLOB NOT NULL,
            slot_id BLOB NOT NULL,
            expires_at INTEGER NOT NULL CHECK (expires_at >= 0),
            FOREIGN KEY (account_id, slot_id) REFERENCES slots (account_id, slot_id) ON DELETE CASCADE
        ) STRICT;
        CREATE INDEX logins_by_slot ON logins (account_id, slot_id);
        CREATE TABLE invitations (
            token_digest BLOB PRIMARY KEY NOT NULL CHECK (length(token_digest) = 32),
            expires_at INTEGER NOT NULL CHECK (expires_at >= 0)
        ) STRICT;
        """

    private static let records = """
        CREATE TABLE usage (
            at INTEGER NOT NULL CHECK (at >= 0),
            account_id BLOB NOT NULL CHECK (length(account_id) = 16),
            session_id BLOB NOT NULL CHECK (length(session_id) = 16),
            key_id BLOB NOT NULL CHECK (length(key_id) = 16),
            version INTEGER NOT NULL CHECK (version BETWEEN 1 AND 4294967295),
            status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 65535),
            requests INTEGER NOT NULL CHECK (requests >= 0),
            bytes_up INTEGER NOT NULL CHECK (bytes_up >= 0),
            bytes_down INTEGER NOT NULL CHECK (bytes_down >= 0),
            redactions INTEGER NOT NULL CHECK (redactions >= 0),
            exposure_us INTEGER NOT NULL CHECK (exposure_us >= 0)
        ) STRICT;
        CREATE INDEX usage_by_account ON usage (account_id, at);
        CREATE TABLE audit (
            sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
            previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
            time_ms INTEGER NOT NULL CHECK (time_ms >= 0),
            account_id BLOB CHECK (length(account_id) = 16),
            actor TEXT NOT NULL CHECK (length(actor) <= 1024),
            action TEXT NOT NULL CHECK (length(action) <= 1024),
            subject TEXT NOT NULL CHECK (length(subject) <= 1024),
            outcome TEXT NOT NULL CHECK (length(outcome) <= 1024),
            request_id TEXT NOT NULL CHECK (length(request_id) <= 1024),
            hash BLOB NOT NULL CHECK (length(hash) = 32)
        ) STRICT;
        """
}
