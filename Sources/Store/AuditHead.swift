package import Model

/// What the next audit record follows.
package struct AuditHead: Hashable, Sendable {
    package let sequence: UInt64
    /// 32 bytes; zeros where the stored one does not parse: the log goes on, and a walk finds the damage.
    package let hash: Blob

    package init(sequence: UInt64, hash: Blob) {
        self.sequence = sequence
        self.hash = hash
    }
}
