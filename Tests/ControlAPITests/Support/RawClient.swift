import Foundation
import Glibc

/// Sends bytes as they are and reads one answer: what a well-behaved client would never let a test send.
struct RawClient: Sendable {
    enum Target: Sendable {
        case tcp(Int)
        case unix(String)
    }

    struct Answer: Sendable {
        var status = 0
        /// Names in lower case.
        var fields: [String: String] = [:]
        var body = ""
        /// Whether the server closed the connection within the time-out.
        var isClosed = false
    }

    struct Failure: Error {
        let what: String
    }

    let target: Target

    /// A request with the usual fields.
    func send(
        _ method: String, _ path: String, host: String = "localhost", bearer: String? = nil, fields: [String] = [], json: String? = nil
    ) async throws -> Answer {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: \(hostField(host))\r\n"
        if let bearer { head += "Authorization: Bearer \(bearer)\r\n" }
        for field in fields { head += field + "\r\n" }
        if let json {
            head += "Content-Type: application/json\r\nContent-Length: \(json.utf8.count)\r\n\r\n\(json)"
        } else {
            head += "\r\n"
        }
        return try await send(raw: head)
    }

    /// Exactly these bytes.
    func send(raw text: String) async throws -> Answer {
        let target = target
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try Self.exchange(text, target) })
            }
        }
    }

    private func hostField(_ host: String) -> String {
        if case .tcp(let port) = target, !host.contains(":") { return "\(host):\(port)" }
        return host
    }

    private static func exchange(_ text: String, _ target: Target) throws -> Answer {
        let socket = try connected(target)
        defer { close(socket) }
        var timeout = timeval(tv_sec: 20, tv_usec: 0)
        unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var left = Array(text.utf8)[...]
        while !left.isEmpty {
            let sent = unsafe left.withUnsafeBytes { unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { break }
            left = left.dropFirst(sent)
        }
        var received: [UInt8] = []
        var answer: Answer?
        while answer == nil, let more = read(socket) {
            received += more
            answer = parse(received, isHead: text.hasPrefix("HEAD "))
        }
        guard var answer else { throw Failure(what: "no answer: \(String(decoding: received, as: UTF8.self))") }
        if answer.fields["connection"] == "close" { answer.isClosed = read(socket)?.isEmpty == nil }
        return answer
    }

    /// Some bytes; `nil` at the end or after the time-out.
    private static func read(_ socket: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(socket, $0.baseAddress, $0.count, 0) }
        return count > 0 ? Array(buffer.prefix(count)) : nil
    }

    private static func parse(_ bytes: [UInt8], isHead: Bool) -> Answer? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        var answer = Answer()
        answer.status = lines.first.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) } ?? 0
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            answer.fields[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        answer.body = String(text[end.upperBound...])
        let expected = answer.status == 204 || isHead ? 0 : answer.fields["content-length"].flatMap { Int($0) } ?? 0
        return answer.body.utf8.count >= expected ? answer : nil
    }

    private static func connected(_ target: Target) throws -> Int32 {
        switch target {
        case .tcp(let port):
            let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            try open(socket, &address)
            return socket
        case .unix(let path):
            let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: Array(path.utf8).prefix($0.count - 1)) }
            try open(socket, &address)
            return socket
        }
    }

    /// Binds a socket and closes it: what a broker that was killed leaves.
    static func leaveDeadSocket(at path: String) {
        let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: Array(path.utf8).prefix($0.count - 1)) }
        _ = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func open<Address>(_ socket: Int32, _ address: inout Address) throws {
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(socket, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
        guard result == 0 else {
            close(socket)
            throw Failure(what: "cannot connect")
        }
    }
}
