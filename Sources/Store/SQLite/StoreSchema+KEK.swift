/// The tables of KEK epochs and of the job that wraps rows anew, as the second migration makes them. From it on `kek_version` in the
/// tables of wraps is an epoch.
extension StoreSchema {
    static let kek = """
        CREATE TABLE kek_epochs (
            epoch INTEGER PRIMARY KEY CHECK (epoch BETWEEN 1 AND 4294967295),
            custody TEXT NOT NULL CHECK (length(custody) BETWEEN 1 AND 1024),
            version INTEGER NOT NULL CHECK (version BETWEEN 1 AND 4294967295),
            state TEXT NOT NULL CHECK (state IN ('current', 'old', 'retired')),
            created_at INTEGER NOT NULL CHECK (created_at >= 0),
            probe BLOB CHECK (length(probe) BETWEEN 1 AND 131072),
            UNIQUE (custody, version),
            CHECK (probe IS NULL OR state = 'current')
        ) STRICT;
        CREATE UNIQUE INDEX kek_epochs_current ON kek_epochs (state) WHERE state = 'current';
        CREATE TABLE kek_jobs (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            target INTEGER NOT NULL CHECK (target BETWEEN 1 AND 4294967295),
            state TEXT NOT NULL CHECK (state IN ('running', 'done', 'damaged')),
            holder BLOB CHECK (length(holder) = 16),
            heartbeat INTEGER NOT NULL CHECK (heartbeat >= 0),
            total INTEGER NOT NULL CHECK (total >= 0),
            rewrapped INTEGER NOT NULL CHECK (rewrapped >= 0),
            damaged INTEGER NOT NULL CHECK (damaged >= 0),
            damaged_rows TEXT NOT NULL CHECK (length(damaged_rows) <= 65536),
            cause TEXT NOT NULL CHECK (length(cause) <= 1024),
            started_at INTEGER NOT NULL CHECK (started_at >= 0),
            finished_at INTEGER CHECK (finished_at >= 0)
        ) STRICT;
        """
}
