package import Model

/// The part of a store that knows under which KEK its rows are wrapped. None of it raises an account's revision or the change counter:
/// what a row says stays the same.
package protocol KEKStore: Sendable {
    // MARK: Epochs

    /// Ascending.
    func kekEpochs() async throws(StoreError) -> [KEKEpoch]
    /// Makes `new` the current epoch and the one before it old; where the same custody and version are current already, nothing changes.
    ///
    /// The first epoch of a store takes the number of its version, and versions that rows of a store from before there were epochs name
    /// become its old epochs.
    /// - Parameter current: the epoch the caller takes for the current one; `nil` for none.
    /// - Throws: `.kekEpochPassed` where another one is current, or where the custody had this or a later version already.
    func registerKEKEpoch(_ new: NewKEKEpoch, replacing current: UInt32?) async throws(StoreError) -> KEKEpoch
    /// Renames a custody in all its epochs, once its probe has shown that it is the same one at another place.
    /// - Throws: `.invalid` where the new name has epochs of its own.
    func renameKEKCustody(from old: String, to new: String) async throws(StoreError)
    /// Marks an old epoch as retired, so that its KEK may be destroyed. Done twice it changes nothing.
    /// - Returns: how many rows still need it; only with 0 it was done.
    /// - Throws: `.notFound` for an unknown epoch, `.invalid` for the current one.
    func retireKEKEpoch(_ epoch: UInt32) async throws(StoreError) -> UInt64
    /// Rows by epoch; 0 stands for rows that name none.
    func kekUses() async throws(StoreError) -> WrapCounts

    // MARK: The job that wraps anew

    /// `nil` where there never was one.
    func kekJob() async throws(StoreError) -> KEKJob?
    /// Starts the job, or joins one that runs: that one then goes on to the later target of the two.
    /// - Throws: `.kekEpochPassed` where `target` is not the current epoch.
    func startKEKJob(target: UInt32, now: UInt64) async throws(StoreError) -> KEKJob
    /// Takes an unfinished job that nobody does: never begun, given back, or its holder is gone or silent for `staleSeconds`.
    /// - Parameter holder: 16 bytes of the caller's own.
    /// - Returns: the job, now the caller's; `nil` where there is nothing to do, or another does it.
    func claimKEKJob(holder: Blob, now: UInt64, staleSeconds: UInt64) async throws(StoreError) -> KEKJob?
    /// Shows that the holder is alive.
    /// - Throws: `.notFound` where the job is not its own any more.
    func beatKEKJob(holder: Blob, now: UInt64) async throws(StoreError)
    /// Gives the job back unfinished, for whoever can go on; not the holder's: nothing changes.
    /// - Parameter cause: at most 1 024 bytes are kept.
    func releaseKEKJob(holder: Blob, cause: String) async throws(StoreError)
    /// The next wraps of epochs below `target`.
    /// - Parameters:
    ///   - rowID: only rows after it.
    ///   - limit: most rows.
    func staleWraps(in table: WrapTable, below target: UInt32, after rowID: Int64, limit: Int) async throws(StoreError) -> StaleWraps
    /// Puts wraps in the place of those they were made from, each only where that one still stands, and counts them in the job.
    /// - Parameter damaged: the rows that did not open in this pass so far.
    /// - Returns: the row ids that were replaced.
    /// - Throws: `.notFound` where the job is not the holder's any more or has another target; nothing was changed then.
    func replaceWraps(
        _ wraps: [ReplacedWrap], in table: WrapTable, target: UInt32, damaged: [IntegrityFault], holder: Blob, now: UInt64
    ) async throws(StoreError) -> Set<Int64>
    /// Moves the log into the database and cuts it to nothing.
    /// - Returns: `false` where somebody who reads is in the way.
    func truncateLog() async throws(StoreError) -> Bool
    /// Ends the job, if its only rows of older epochs are the damaged ones of this pass.
    /// - Parameter damaged: rows of older epochs that did not open.
    /// - Returns: whether it has ended; `false` where other rows are left.
    /// - Throws: `.notFound` where the job is not the holder's any more or has another target; `.kekEpochPassed` where `target` is not the
    ///   current epoch any more.
    func finishKEKJob(target: UInt32, damaged: [IntegrityFault], holder: Blob, now: UInt64) async throws(StoreError) -> Bool
}
