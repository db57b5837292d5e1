/// The tables of provider keys and sessions, as the first migration makes them.
extension StoreSchema {
    static let keys = """
        CREATE TABLE keys (
            id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
            account_id BLOB NOT NULL REFERENCES accounts (id),
            alias TEXT NOT NULL CHECK (length(alias) BETWEEN 1 AND 32 AND alias NOT GLOB '*[^a-z0-9-]*'),
            provider TEXT NOT NULL CHECK (length(provider) <= 64),
            destination_scheme INTEGER NOT NULL CHECK (destination_scheme IN (1, 2)),
            destination_host TEXT NOT NULL CHECK (length(destination_host) BETWEEN 1 AND 253),
            destination_port INTEGER NOT NULL CHECK (destination_port BETWEEN 1 AND 65535),
            destination_base_path TEXT NOT NULL CHECK (destination_base_path = '' OR destination_base_path GLOB '/*'),
            destination_allowed_prefixes TEXT NOT NULL,
            destination_denied_prefixes TEXT NOT NULL,
            destination_allows_private INTEGER NOT NULL CHECK (destination_allows_private IN (0, 1)),
            destination_allows_plaintext INTEGER NOT NULL CHECK (destination_allows_plaintext IN (0, 1)),
            injection_kind INTEGER NOT NULL CHECK (injection_kind BETWEEN 1 AND 255),
            injection_name TEXT CHECK (length(injection_name) BETWEEN 1 AND 64),
            injection_prefix TEXT CHECK (length(injection_prefix) <= 256),
            injection_suffix TEXT CHECK (length(injection_suffix) <= 256),
            injection_user TEXT CHECK (length(injection_user) <= 256),
            created_at INTEGER NOT NULL CHECK (created_at >= 0),
            revoked_at INTEGER CHECK (revoked_at >= 0),
            CHECK (destination_scheme = 1 OR destination_allows_plaintext = 1)
        ) STRICT;
        CREATE UNIQUE INDEX keys_by_live_alias ON keys (account_id, alias) WHERE revoked_at IS NULL;
        CREATE INDEX keys_by_account ON keys (account_id, created_at);
        CREATE TABLE key_versions (
            key_id BLOB NOT NULL REFERENCES keys (id),
            version INTEGER NOT NULL CHECK (version BETWEEN 1 AND 4294967295),
            state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'grace', 'retired')),
            ciphertext BLOB NOT NULL CHECK ((state = 'retired') = (length(ciphertext) = 0) AND length(ciphertext) <= 16412),
            ciphertext_digest BLOB NOT NULL CHECK (length(ciphertext_digest) = 32),
            dek_commitment BLOB NOT NULL CHECK (length(dek_commitment) = 32),
            signer_kind INTEGER NOT NULL CHECK (signer_kind IN (1, 2)),
            signer_public_key BLOB NOT NULL CHECK (length(signer_public_key) = 32),
            signature BLOB NOT NULL CHECK (length(signature) = 64),
            signed_at INTEGER NOT NULL CHECK (signed_at >= 0),
            signed_revision INTEGER NOT NULL CHECK (signed_revision >= 0),
            created_at INTEGER NOT NULL CHECK (created_at >= 0),
            PRIMARY KEY (key_id, version)
        ) STRICT;
        CREATE UNIQUE INDEX key_versions_active ON key_versions (key_id) WHERE state = 'active';
        CREATE TABLE seals (
            key_id BLOB NOT NULL,
            version INTEGER NOT NULL,
            recipient_kind INTEGER NOT NULL CHECK (recipient_kind IN (1, 2)),
            recipient_id BLOB NOT NULL CHECK (length(recipient_id) = 16),
            recipient_public_key BLOB NOT NULL CHECK (length(recipient_public_key) = 32),
            wrapped_seal BLOB NOT NULL CHECK (length(wrapped_seal) BETWEEN 1 AND 131072),
            kek_version INTEGER NOT NULL CHECK (kek_version BETWEEN 0 AND 4294967295),
            PRIMARY KEY (key_id, version, recipient_kind, recipient_id),
            FOREIGN KEY (key_id, version) REFERENCES key_versions (key_id, version) ON DELETE CASCADE
        ) STRICT;
        CREATE INDEX seals_by_recipient ON seals (recipient_kind, recipient_id);
        """

    static let sessions = """
        CREATE TABLE sessions (
            id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
            account_id BLOB NOT NULL REFERENCES accounts (id),
            kind INTEGER NOT NULL CHECK (kind IN (1, 2)),
            label TEXT NOT NULL CHECK (length(label) <= 256),
            public_key BLOB NOT NULL CHECK (length(public_key) = 32),
            verifier_digest BLOB NOT NULL CHECK (length(verifier_digest) = 32),
            key_ids BLOB NOT NULL CHECK (length(key_ids) BETWEEN 16 AND 4096 AND length(key_ids) % 16 = 0),
            issued_at INTEGER NOT NULL CHECK (issued_at >= 0),
            expires_at INTEGER NOT NULL CHECK (expires_at > issued_at),
            policy_methods TEXT NOT NULL,
            policy_paths TEXT NOT NULL,
            policy_origins TEXT NOT NULL,
            policy_maximum_requests INTEGER NOT NULL CHECK (policy_maximum_requests >= 0),
            policy_rate INTEGER NOT NULL CHECK (policy_rate >= 0),
            policy_burst INTEGER NOT NULL CHECK (policy_burst BETWEEN 0 AND 4294967295),
            policy_maximum_concurrent INTEGER NOT NULL CHECK (policy_maximum_concurrent BETWEEN 0 AND 4294967295),
            policy_idle_seconds INTEGER NOT NULL CHECK (policy_idle_seconds BETWEEN 0 AND 4294967295),
            policy_allows_upgrade INTEGER NOT NULL CHECK (policy_allows_upgrade IN (0, 1)),
            policy_minting_paths TEXT NOT NULL,
            account_revision INTEGER NOT NULL CHECK (account_revision >= 0),
            signature BLOB NOT NULL CHECK (length(signature) = 64),
            revoked_at INTEGER CHECK (revoked_at >= 0)
        ) STRICT;
        CREATE INDEX sessions_by_account ON sessions (account_id, issued_at);
        CREATE INDEX sessions_by_expiry ON sessions (expires_at);
        CREATE TABLE session_entries (
            session_id BLOB NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
            key_id BLOB NOT NULL,
            version INTEGER NOT NULL,
            wrapped_entry BLOB NOT NULL CHECK (length(wrapped_entry) BETWEEN 1 AND 131072),
            kek_version INTEGER NOT NULL CHECK (kek_version BETWEEN 0 AND 4294967295),
            PRIMARY KEY (session_id, key_id, version),
            FOREIGN KEY (key_id, version) REFERENCES key_versions (key_id, version) ON DELETE CASCADE
        ) STRICT;
        CREATE INDEX session_entries_by_key ON session_entries (key_id, version);
        """
}
