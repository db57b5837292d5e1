internal import Glibc

/// The clocks a running broker passes in; tests pass their own.
package enum SystemClock {
    /// Seconds since 1970.
    @Sendable package static func seconds() -> UInt64 {
        var time = timespec()
        guard unsafe clock_gettime(CLOCK_REALTIME, &time) == 0 else { return 0 }
        return UInt64(clamping: time.tv_sec)
    }

    /// Milliseconds since some moment before the start; never goes back.
    @Sendable package static func monotonicMilliseconds() -> UInt64 {
        monotonicNanoseconds() / 1_000_000
    }

    /// Nanoseconds since some moment before the start; never goes back. Wraps after 584 years.
    @Sendable package static func monotonicNanoseconds() -> UInt64 {
        var time = timespec()
        guard unsafe clock_gettime(CLOCK_MONOTONIC, &time) == 0 else { return 0 }
        return UInt64(clamping: time.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: time.tv_nsec)
    }
}
