package import Model

/// The hash that chains audit records: SHA-256 of `tacit/audit/v1` (FORMAT section 12).
package enum AuditHash {
    /// The 32-byte hash of a record with these fields.
    /// - Parameter previousHash: 32 bytes; zeros for the first record.
    /// - Throws: `.malformed` for sequence 0, a hash of another length or a text above 1 024 bytes.
    package static func compute(
        sequence: UInt64, previousHash: Blob, timeMilliseconds: UInt64, accountID: AccountID?, actor: String, action: String,
        subject: String, outcome: String, requestID: String
    ) throws(EnvelopeError) -> Blob {
        let context = try ContextBytes(
            .audit,
            [
                ContextField(.accountID, accountID?.bytes ?? [UInt8](repeating: 0, count: 16)),
                ContextField(.auditSequence, sequence), ContextField(.auditPreviousHash, previousHash),
                ContextField(.timeMilliseconds, timeMilliseconds), ContextField(.actor, text: actor),
                ContextField(.action, text: action), ContextField(.subject, text: subject), ContextField(.outcome, text: outcome),
                ContextField(.requestID, text: requestID),
            ])
        return Digest.of(context.bytes)
    }

    /// The hash a stored record must have; its own `hash` is not looked at.
    /// - Throws: as `compute`.
    package static func compute(of record: AuditRecord) throws(EnvelopeError) -> Blob {
        try compute(
            sequence: record.sequence, previousHash: record.previousHash, timeMilliseconds: record.timeMilliseconds,
            accountID: record.accountID, actor: record.actor, action: record.action, subject: record.subject,
            outcome: record.outcome, requestID: record.requestID)
    }
}
