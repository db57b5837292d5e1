/// The table of usage per day, as the fourth migration makes it: what rows of `usage` become when their day is over.
extension StoreSchema {
    static let usageDays = """
        CREATE TABLE usage_days (
            account_id BLOB NOT NULL CHECK (length(account_id) = 16),
            day INTEGER NOT NULL CHECK (day >= 0),
            session_id BLOB NOT NULL CHECK (length(session_id) = 16),
            key_id BLOB NOT NULL CHECK (length(key_id) = 16),
            version INTEGER NOT NULL CHECK (version BETWEEN 1 AND 4294967295),
            status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 65535),
            opened INTEGER NOT NULL CHECK (opened = (exposure_us > 0)),
            at INTEGER NOT NULL CHECK (at / 86400 = day),
            requests INTEGER NOT NULL CHECK (requests >= 0),
            bytes_up INTEGER NOT NULL CHECK (bytes_up >= 0),
            bytes_down INTEGER NOT NULL CHECK (bytes_down >= 0),
            redactions INTEGER NOT NULL CHECK (redactions >= 0),
            exposure_us INTEGER NOT NULL CHECK (exposure_us >= 0),
            PRIMARY KEY (account_id, day, session_id, key_id, version, status, opened)
        ) STRICT, WITHOUT ROWID;
        """
}
