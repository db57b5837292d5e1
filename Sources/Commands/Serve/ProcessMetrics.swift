import Foundation
import Glibc
import Measures

/// What is known about the process itself, under the names other programs use for it.
struct ProcessMetrics: MetricsSource {
    /// Nanoseconds since 1970.
    private let startedAt = UInt64(max(0, Date().timeIntervalSince1970 * 1_000)) * 1_000_000

    func metrics() async -> MetricsText {
        var text = MetricsText()
        text.family("tacit_build_info", .gauge, "1; the label says which version runs.")
        text.sample(1, ("version", TacitVersion.text))
        text.family("process_start_time_seconds", .gauge, "When the process started, in seconds since 1970.")
        text.sample(nanoseconds: startedAt)
        text.family("process_cpu_seconds_total", .counter, "Processor time of all threads, user and system.")
        text.sample(nanoseconds: UInt64(max(0, clock())) &* (1_000_000_000 / UInt64(CLOCKS_PER_SEC)))
        if let bytes = Self.residentBytes() {
            text.family("process_resident_memory_bytes", .gauge, "Memory of the process that is in RAM.")
            text.sample(bytes)
        }
        return text
    }

    /// The second number of /proc/self/statm, in pages; `nil` where the file cannot be read.
    private static func residentBytes() -> UInt64? {
        let file = unsafe open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
        guard count > 0 else { return nil }
        let numbers = String(decoding: bytes[..<count], as: UTF8.self).split(separator: " ")
        return numbers.dropFirst().first.flatMap { UInt64($0) }.map { $0 &* UInt64(max(1, sysconf(Int32(_SC_PAGESIZE)))) }
    }
}
