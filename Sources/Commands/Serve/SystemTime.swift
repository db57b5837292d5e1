import Foundation

/// The wall clock in milliseconds.
enum SystemTime {
    /// Since 1970.
    @Sendable static func milliseconds() -> UInt64 {
        UInt64(max(0, Date().timeIntervalSince1970 * 1000))
    }
}
