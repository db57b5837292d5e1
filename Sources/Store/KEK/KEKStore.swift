/// The part of a store that knows under which KEK its rows are wrapped. None of it raises an account's revision or the change counter:
/// what a row says stays the same.
package protocol KEKStore: Sendable {
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
}
