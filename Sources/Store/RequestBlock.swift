/// How many requests of a session's maximum a broker reserves at a time.
///
/// A part of what is left, so that a process that is killed loses few of them, several brokers share the rest, and a long session costs
/// few writes.
package enum RequestBlock {
    private static let part: UInt64 = 16
    private static let largest: UInt64 = 1024

    /// - Parameters:
    ///   - left: of the session's maximum, not reserved by anybody.
    ///   - wanted: calls that wait for it; at most so many as one block holds count.
    /// - Returns: at most `left`, and 0 only where nothing is left.
    package static func size(left: UInt64, wanted: UInt64) -> UInt64 {
        min(left, largest, max(1, left / part, wanted))
    }
}
