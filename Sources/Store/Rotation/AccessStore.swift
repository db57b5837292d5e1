package import Model

/// The part of a store that keeps access files: certificates of writer keys, and digests of their tokens.
package protocol AccessStore: Sendable {
    /// Stores a new writer.
    /// - Returns: the new revision.
    /// - Throws: `.revisionConflict`, `.notFound` (the account), `.duplicate` (the id or the public key), `.invalid`.
    func insertWriter(_ writer: WriterRecord, expectedRevision: UInt64) async throws(StoreError) -> UInt64
    /// Revoked and expired ones included, by time of creation.
    func writers(of account: AccountID) async throws(StoreError) -> [WriterRecord]
    /// Revoked or expired or not; `nil` where there is none.
    func writer(_ id: WriterID) async throws(StoreError) -> WriterRecord?
    /// Ends an access file; its certificate stays, because versions it signed before rest on it. Done twice it changes nothing.
    /// - Returns: the account's revision.
    /// - Throws: `.notFound` where the account has no such writer.
    func revokeWriter(_ writer: WriterID, of account: AccountID, at time: UInt64) async throws(StoreError) -> UInt64
}
