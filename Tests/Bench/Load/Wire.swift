import Glibc

/// One socket with what could not be written yet.
struct Wire: ~Copyable {
    enum Reading { case bytes, nothing, end }

    let descriptor: Int32
    private var waiting: [UInt8] = []

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Whether everything sent so far was taken by the kernel.
    var isFlushed: Bool { waiting.isEmpty }

    /// Reads once into `bytes`, behind what is there.
    func read(into bytes: inout [UInt8], scratch: inout [UInt8]) -> Reading {
        let count = unsafe scratch.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
        if count > 0 {
            bytes += scratch[..<count]
            return .bytes
        }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? .nothing : .end
    }

    /// Sends `bytes`, what the kernel does not take now when the socket becomes writable again.
    /// - Returns: false when the connection is broken.
    mutating func send(_ bytes: [UInt8]) -> Bool {
        waiting += bytes
        return flush()
    }

    /// Goes on sending.
    /// - Returns: false when the connection is broken.
    mutating func flush() -> Bool {
        guard !waiting.isEmpty else { return true }
        let count = unsafe waiting.withUnsafeBytes { unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard count >= 0 else { return errno == EAGAIN || errno == EINTR || errno == ENOTCONN }
        waiting.removeFirst(count)
        return true
    }
}
