/// Hands a body on, piece by piece, as it arrives.
final class StreamSink: ResponseSink {
    private let onHead: @Sendable (HTTPResponseHead) -> Void
    private let onBytes: @Sendable ([UInt8]) -> HTTPStreamControl

    init(onHead: @escaping @Sendable (HTTPResponseHead) -> Void, onBytes: @escaping @Sendable ([UInt8]) -> HTTPStreamControl) {
        self.onHead = onHead
        self.onBytes = onBytes
    }

    func begin(_ head: HTTPResponseHead) {
        onHead(head)
    }

    func receive(_ piece: RawSpan) throws(HTTPTransportError) {
        let bytes = unsafe piece.withUnsafeBytes { unsafe Array($0) }
        guard !bytes.isEmpty else { return }
        guard case .proceed = onBytes(bytes) else { throw .aborted }
    }

    func finish() {}
}
