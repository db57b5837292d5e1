import Glibc

/// Tells the service manager how the broker fares: systemd's notification protocol (sd_notify(3)), datagrams of `NAME=value` lines to
/// the Unix socket that `NOTIFY_SOCKET` names. Without one nothing is sent, and a manager that does not listen stops nothing.
struct ServiceNotifier: Sendable {
    /// The socket's address: a path, or `@` and an abstract name.
    private let address: String?
    /// How often the manager expects a sign of life, in microseconds; `nil` where it expects none.
    private let watchdogMicroseconds: UInt64?

    /// - Parameters:
    ///   - environment: `NOTIFY_SOCKET`, `WATCHDOG_USEC`, `WATCHDOG_PID`.
    ///   - process: a watchdog meant for another process is not ours to feed.
    init(environment: [String: String], process: Int32) {
        address = environment["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        let isOurs = environment["WATCHDOG_PID"].map { $0 == "\(process)" } ?? true
        watchdogMicroseconds = isOurs ? environment["WATCHDOG_USEC"].flatMap(UInt64.init).flatMap { $0 > 0 ? $0 : nil } : nil
    }

    /// The notifier of this process.
    static func make() -> ServiceNotifier {
        ServiceNotifier(environment: ProcessEnvironment.values(["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]), process: getpid())
    }

    /// How long to wait between two signs of life: half of what the manager allows.
    var watchdogInterval: Duration? {
        address == nil ? nil : watchdogMicroseconds.map { .microseconds(Int64(clamping: $0 / 2)) }
    }

    /// All listeners are open.
    func ready(status: String) { send("READY=1\nSTATUS=\(status)") }

    /// The broker drains.
    func stopping() { send("STOPPING=1\nSTATUS=draining") }

    /// A sign of life.
    func alive() { send("WATCHDOG=1") }

    private func send(_ text: String) {
        guard let address else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        // An abstract name begins with a zero byte and has no end but its length.
        let bytes = address.utf8.enumerated().map { $0.offset == 0 && $0.element == UInt8(ascii: "@") ? 0 : $0.element }
        let fits = unsafe withUnsafeMutableBytes(of: &name.sun_path) { room in
            guard bytes.count < room.count else { return false }
            unsafe room.copyBytes(from: bytes)
            return true
        }
        guard fits else { return }
        let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + bytes.count + (bytes.first == 0 ? 0 : 1) } ?? 0
        let message = Array(text.utf8)
        _ = unsafe withUnsafePointer(to: &name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), generic, socklen_t(length))
            }
        }
    }
}
