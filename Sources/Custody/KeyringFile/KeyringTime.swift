import Glibc

/// RFC 3339 times in the one form the keyring has: `YYYY-MM-DDTHH:MM:SSZ`.
enum KeyringTime {
    /// Characters of a time.
    static let count = 20

    /// - Parameter time: seconds since 1970; years beyond 9999 are written as the last second of 9999.
    static func text(_ time: UInt64) -> String {
        var seconds = time_t(min(time, 253_402_300_799))
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        func padded(_ number: Int32, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = unsafe [padded(parts.tm_year + 1900, 4), padded(parts.tm_mon + 1, 2), padded(parts.tm_mday, 2)].joined(separator: "-")
        let clock = unsafe [padded(parts.tm_hour, 2), padded(parts.tm_min, 2), padded(parts.tm_sec, 2)].joined(separator: ":")
        return "\(date)T\(clock)Z"
    }

    /// `nil` where `text` is not what ``text(_:)`` writes for some time from 1970 on: no other form, no day that does not exist.
    static func parse(_ text: String) -> UInt64? {
        let bytes = Array(text.utf8)
        guard bytes.count == count else { return nil }
        func number(_ range: Range<Int>) -> Int32? { Int32(String(decoding: bytes[range], as: UTF8.self)) }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19)
        else { return nil }
        var parts = unsafe tm()
        unsafe (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, month - 1, day)
        unsafe (parts.tm_hour, parts.tm_min, parts.tm_sec) = (hour, minute, second)
        let seconds = unsafe timegm(&parts)
        guard let time = UInt64(exactly: seconds), self.text(time) == text else { return nil }
        return time
    }
}
