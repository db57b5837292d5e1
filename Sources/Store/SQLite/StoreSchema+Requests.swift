/// The table of requests that brokers reserved of sessions with a maximum, as the fifth migration makes it.
extension StoreSchema {
    /// One row for each session with a maximum; what was counted of it before begins as reserved.
    static let requests = """
        CREATE TABLE session_requests (
            session_id BLOB PRIMARY KEY NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
            reserved INTEGER NOT NULL CHECK (reserved >= 0)
        ) STRICT;
        INSERT INTO session_requests (session_id, reserved)
        SELECT id, CAST(max(0, min(policy_maximum_requests, coalesce(used, 0))) AS INTEGER)
        FROM sessions LEFT JOIN (
            SELECT session_id, total(requests) AS used
            FROM (SELECT session_id, requests FROM usage UNION ALL SELECT session_id, requests FROM usage_days)
            GROUP BY session_id
        ) ON session_id = id
        WHERE policy_maximum_requests > 0;
        """
}
