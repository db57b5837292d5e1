import Glibc

/// A blocking client on a socket: sends exactly the bytes a test wants and reads exactly what comes.
/// One thread may send while another reads.
final class RawClient: @unchecked Sendable {
    /// One answer.
    struct Answer {
        let status: Int
        let head: String
        let body: [UInt8]
        /// The body ended as its framing said.
        let isComplete: Bool

        var text: String { String(decoding: body, as: UTF8.self) }

        func field(_ name: String) -> String? { RawMessage.fields(head).first { $0.name == name }?.value }

        /// The code in an error of our own.
        var code: String? {
            text.firstRange(of: "\"code\":\"").map { String(text[$0.upperBound...].prefix { $0 != "\"" }) }
        }
    }

    private let descriptor: Int32
    private var received: [UInt8] = []

    struct SocketError: Error {}

    init(port: Int, timeoutSeconds: Int = 20) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
        let status = unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw SocketError() }
    }

    deinit { Glibc.close(descriptor) }

    func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Ends the sending half; what comes can still be read.
    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) { _ = trySend(bytes) }

    /// - Returns: how many bytes the kernel took before the connection ended.
    func trySend(_ bytes: [UInt8]) -> Int {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress.map { unsafe $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return sent }
            sent += count
        }
        return sent
    }

    /// The next bytes, 1 to 65 536; empty at the end of the connection, `nil` after a reset or when nothing comes in time.
    func receive() -> [UInt8]? {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe chunk.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
        return count < 0 ? nil : Array(chunk[..<count])
    }

    /// What comes until the connection ends, and whether a reset ended it.
    func readToEnd() -> (bytes: [UInt8], isReset: Bool) {
        var bytes = received
        received = []
        while let more = receive() {
            guard !more.isEmpty else { return (bytes, false) }
            bytes += more
        }
        return (bytes, errno == ECONNRESET)
    }

    /// Whether the connection ended.
    func isAtEnd() -> Bool { received.isEmpty && (receive()?.isEmpty ?? true) }

    /// Reads one head, interim ones included.
    func readHead() throws -> String {
        while true {
            if let length = RawMessage.headEnd(received) {
                defer { received.removeFirst(length) }
                return String(decoding: received[..<length], as: UTF8.self)
            }
            guard let more = receive(), !more.isEmpty else { throw SocketError() }
            received += more
        }
    }

    /// Body bytes as they are, what comes next; empty at the end.
    func readSome() -> [UInt8] {
        if !received.isEmpty {
            defer { received = [] }
            return received
        }
        return receive() ?? []
    }

    /// Whether nothing is there to be read at the moment.
    func receivesNothing() -> Bool {
        var byte: UInt8 = 0
        let count = unsafe recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
        return received.isEmpty && count < 0
    }

    /// Exactly the next `count` bytes; fewer at the end of the connection.
    func read(_ count: Int) -> [UInt8] {
        while received.count < count {
            guard let more = receive(), !more.isEmpty else { break }
            received += more
        }
        defer { received.removeFirst(min(count, received.count)) }
        return Array(received.prefix(count))
    }

    /// Reads a whole answer.
    func readAnswer(toHead: Bool = false) throws -> Answer {
        let head = try readHead()
        let status = Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0
        let fields = RawMessage.fields(head)
        func answer(_ body: [UInt8], _ isComplete: Bool) -> Answer {
            Answer(status: status, head: head, body: body, isComplete: isComplete)
        }
        if toHead || status == 204 || status == 304 { return answer([], true) }
        if fields.contains(where: { $0.name == "transfer-encoding" }) {
            while true {
                if let (body, taken) = RawMessage.unchunk(received) {
                    received.removeFirst(taken)
                    return answer(body, true)
                }
                guard let more = receive(), !more.isEmpty else { return answer(received, false) }
                received += more
            }
        }
        let count = fields.first { $0.name == "content-length" }.flatMap { Int($0.value) }
        while received.count < count ?? .max {
            guard let more = receive(), !more.isEmpty else {
                defer { received = [] }
                return answer(received, count == nil)
            }
            received += more
        }
        defer { received.removeFirst(count ?? 0) }
        return answer(Array(received[..<(count ?? 0)]), true)
    }
}
