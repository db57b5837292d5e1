/// One record of the hash-chained audit log (FORMAT section 12). Text fields hold ids and names, never a secret.
package struct AuditRecord: Hashable, Sendable, Codable {
    /// From 1, without gaps.
    package let sequence: UInt64
    /// 32 bytes; zeros for the first.
    package let previousHash: Blob
    package let timeMilliseconds: UInt64
    package let accountID: AccountID?
    /// `owner:<account id>`, `operator`, `session:<id>`, `access:<id>`, `anonymous`, `broker`.
    package let actor: String
    /// The route's operation id, such as `enroll_key`.
    package let action: String
    package let subject: String
    /// `ok`, or the error code.
    package let outcome: String
    package let requestID: String
    /// SHA-256 of the record's context, 32 bytes.
    package let hash: Blob

    package init(
        sequence: UInt64, previousHash: Blob, timeMilliseconds: UInt64, accountID: AccountID?, actor: String, action: String,
        subject: String, outcome: String, requestID: String, hash: Blob
    ) {
        self.sequence = sequence
        self.previousHash = previousHash
        self.timeMilliseconds = timeMilliseconds
        self.accountID = accountID
        self.actor = actor
        self.action = action
        self.subject = subject
        self.outcome = outcome
        self.requestID = requestID
        self.hash = hash
    }

    private enum CodingKeys: String, CodingKey {
        case sequence, previousHash, timeMilliseconds, actor, action, subject, outcome, hash
        case accountID = "accountId"
        case requestID = "requestId"
    }
}
