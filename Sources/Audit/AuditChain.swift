package import Model

/// Checks records one after the other, from the first; a value, so that a log of any length is walked in pages.
package struct AuditChain: Sendable {
    /// How many records held so far.
    package private(set) var count: UInt64 = 0
    /// The hash the next record must name.
    package private(set) var head = Blob([UInt8](repeating: 0, count: 32))

    package init() {}

    /// Takes the next record in.
    /// - Returns: why it does not continue the chain, which then stays as it was; `nil` where it does.
    package mutating func append(_ record: AuditRecord) -> AuditVerification.Reason? {
        guard record.sequence == nextSequence else { return .gap }
        guard record.previousHash == head else { return .previousHash }
        guard record.hash == AuditContext.hash(of: record) else { return .hash }
        count = record.sequence
        head = record.hash
        return nil
    }

    /// From 1.
    package var nextSequence: UInt64 { count + 1 }  // counts records that were read, one at a time: it does not overflow
}
