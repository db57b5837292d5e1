import Client
import Foundation

/// Times and spans of time as people write and read them.
enum TimeText {
    /// Reads `30s`, `15m`, `12h`, `7d` as seconds.
    /// - Throws: `.invalidInput` for another form, zero, or more than fits.
    static func seconds(_ text: String) throws(ClientError) -> UInt64 {
        let factors: [Character: UInt64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last, let factor = factors[unit], let number = UInt64(text.dropLast()), number > 0,
            text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") })
        else { throw .invalidInput("\(text.debugDescription) is no span of time: write 90s, 30m, 12h or 7d") }
        let (seconds, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow, seconds <= 100 * 365 * 86_400 else { throw .invalidInput("\(text) is too long") }
        return seconds
    }

    /// As `seconds`, but `0` is nothing.
    static func secondsOrNone(_ text: String) throws(ClientError) -> UInt64 {
        text == "0" ? 0 : try seconds(text)
    }

    /// RFC 3339 in UTC, to the second.
    static func date(_ seconds: UInt64) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
    }

    /// `11h 59m`, `3d 4h`, `40s`; `over` for nothing left.
    static func left(until end: UInt64, now: UInt64) -> String {
        guard end > now else { return "over" }
        let seconds = end - now
        switch seconds {
        case ..<60: return "\(seconds)s"
        case ..<3600: return "\(seconds / 60)m"
        case ..<86_400: return "\(seconds / 3600)h \(seconds % 3600 / 60)m"
        default: return "\(seconds / 86_400)d \(seconds % 86_400 / 3600)h"
        }
    }

    /// Now, in seconds since 1970.
    @Sendable static func now() -> UInt64 {
        UInt64(max(0, Date().timeIntervalSince1970))
    }
}
