/// Gathers a body in an array.
final class BufferSink: ResponseSink {
    private let limit: Int
    private var bytes: [UInt8] = []

    /// - Parameter limit: bytes.
    init(limit: Int) {
        self.limit = limit
    }

    func begin(_ head: HTTPResponseHead) {}

    func receive(_ piece: RawSpan) throws(HTTPTransportError) {
        guard piece.byteCount <= limit - bytes.count else { throw .bodyTooLarge(limit: limit) }
        unsafe piece.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }

    func finish() -> [UInt8] { bytes }
}
