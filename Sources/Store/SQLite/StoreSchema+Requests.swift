/// The table of requests that brokers reserved of sessions with a maximum, as the fifth migration makes it.
extension StoreSchema {
    /// One row for each session with a maximum; what was counted of it before begins as reserved.
    static let requests = """
        CREATE TABLE session_requests (
            session_id BLOB PRIMARY KEY NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
            reserved INTEGER NOT NULL CHECK (reserved >= 0)
        ) STRICT;
        INSERT INTO session_requests (session_id, reserved)
        SELECT id, CAST(max(0, min(policy_maximum_requests, (
            SELECT total(requests) FROM (
                SELECT requests FROM usage WHERE account_id = sessions.account_id AND session_id = sessions.id
                UNION ALL
                SELECT requests FROM usage_days WHERE account_id = sessions.account_id AND session_id = sessions.id
            )))) AS INTEGER)
        FROM sessions WHERE policy_maximum_requests > 0;
        """
}
