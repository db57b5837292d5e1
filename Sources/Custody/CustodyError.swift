/// Why a KEK custody did not do what was asked. Texts hold paths and versions, never a key.
package enum CustodyError: Error, Equatable, Sendable {
    /// The KEK does not answer now and may later.
    case unreachable(String)
    /// A wrap does not open: another context, another key, or altered bytes; deliberately one case.
    case integrity
    /// The custody cannot work as it is set up; ends with the command that cures it.
    case misconfigured(String)
    /// The wrap was made with a version that the custody does not hold.
    case unknownVersion(UInt32)
    /// More bytes than a wrap may have.
    case tooLarge(Int)
}
