import Glibc

/// The wall clock.
enum SystemSeconds {
    /// Seconds since 1970.
    static func now() -> UInt64 { UInt64(max(0, time(nil))) }
}
