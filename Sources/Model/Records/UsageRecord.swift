/// A sum of proxied calls: one row per (second it was written, session, key version, status).
package struct UsageRecord: Hashable, Sendable {
    package let at: UInt64
    package let accountID: AccountID
    package let sessionID: SessionID
    package let keyID: KeyID
    package let version: UInt32
    /// HTTP status the client saw.
    package let status: UInt16
    package var requests: UInt64
    package var bytesUp: UInt64
    package var bytesDown: UInt64
    package var redactions: UInt64
    /// Sum, in microseconds, of the times from opening the key to its last wipe.
    package var exposureMicroseconds: UInt64

    package init(
        at: UInt64, accountID: AccountID, sessionID: SessionID, keyID: KeyID, version: UInt32, status: UInt16, requests: UInt64,
        bytesUp: UInt64, bytesDown: UInt64, redactions: UInt64, exposureMicroseconds: UInt64
    ) {
        self.at = at
        self.accountID = accountID
        self.sessionID = sessionID
        self.keyID = keyID
        self.version = version
        self.status = status
        self.requests = requests
        self.bytesUp = bytesUp
        self.bytesDown = bytesDown
        self.redactions = redactions
        self.exposureMicroseconds = exposureMicroseconds
    }
}
