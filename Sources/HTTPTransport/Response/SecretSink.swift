import SecretMemory

/// Gathers a body in guarded memory. The length is not known before, so each piece (at most 16 KiB) has its own block until the end;
/// blocks are wiped when they are taken, or with the sink.
final class SecretSink: ResponseSink {
    private let limit: Int
    private var pieces: [SecretBox] = []
    private var count = 0

    /// - Parameter limit: bytes.
    init(limit: Int) {
        self.limit = limit
    }

    func begin(_ head: HTTPResponseHead) {}

    func receive(_ piece: RawSpan) throws(HTTPTransportError) {
        guard piece.byteCount > 0 else { return }
        guard piece.byteCount <= limit - count else { throw .bodyTooLarge(limit: limit) }
        pieces.append(SecretBox(SecretBytes(copying: piece)))
        count += piece.byteCount
    }

    func finish() -> SecretBox? {
        guard count > 0 else { return nil }
        let whole = SecretBytes(count: count) { target in
            var offset = 0
            for box in pieces {
                guard let piece = box.take() else { continue }
                piece.withBytes { bytes in
                    unsafe bytes.withUnsafeBytes { source in
                        unsafe target.withUnsafeMutableBytes { unsafe $0[offset...].copyBytes(from: source) }
                    }
                }
                offset += piece.count
            }
        }
        return SecretBox(whole)
    }
}
