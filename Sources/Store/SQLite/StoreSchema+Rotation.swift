/// What access files, key versions and renewed accounts need, as the third migration makes it.
extension StoreSchema {
    static let rotation = """
        CREATE TABLE writers (
            id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
            account_id BLOB NOT NULL REFERENCES accounts (id),
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
            public_key BLOB NOT NULL CHECK (length(public_key) = 32),
            rights TEXT NOT NULL CHECK (length(rights) > 0),
            aliases TEXT NOT NULL,
            not_before INTEGER NOT NULL CHECK (not_before >= 0),
            expires_at INTEGER NOT NULL CHECK (expires_at > not_before),
            account_revision INTEGER NOT NULL CHECK (account_revision >= 0),
            signature BLOB NOT NULL CHECK (length(signature) = 64),
            token_digest BLOB NOT NULL CHECK (length(token_digest) = 32),
            created_at INTEGER NOT NULL CHECK (created_at >= 0),
            revoked_at INTEGER CHECK (revoked_at >= 0)
        ) STRICT;
        CREATE UNIQUE INDEX writers_by_key ON writers (account_id, public_key);
        ALTER TABLE key_versions ADD COLUMN grace_until INTEGER
            CHECK (grace_until >= 0) CHECK ((state = 'grace') = (grace_until IS NOT NULL));
        CREATE INDEX key_versions_in_grace ON key_versions (grace_until) WHERE state = 'grace';
        ALTER TABLE accounts ADD COLUMN ended_at INTEGER CHECK (ended_at >= 0);
        """
}
