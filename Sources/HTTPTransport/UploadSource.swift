import SecretMemory

/// The body of one request, as libcurl asks for it piece by piece.
struct UploadSource: ~Copyable {
    /// Whether there is a body at all; an empty one counts.
    let isPresent: Bool
    /// Bytes.
    let count: Int

    private let plain: [UInt8]
    private let secret: SecretBytes?
    private let mayRepeat: Bool
    private var offset = 0

    /// Takes a secret body out of its box.
    /// - Parameter mayRepeat: whether the body may be sent a second time, when a kept connection proves dead.
    /// - Throws: `.invalidRequest` when the box is empty: a request with a secret body is sent once.
    init(_ body: HTTPBody?, mayRepeat: Bool) throws(HTTPTransportError) {
        self.mayRepeat = mayRepeat
        switch body {
        case nil:
            isPresent = false
            count = 0
            plain = []
            secret = nil
        case .bytes(let bytes):
            isPresent = true
            count = bytes.count
            plain = bytes
            secret = nil
        case .secret(let box):
            guard let bytes = box.take() else { throw .invalidRequest(reason: "its secret body was already taken") }
            isPresent = true
            count = bytes.count
            plain = []
            secret = consume bytes
        }
    }

    /// Copies the next bytes, as many as fit.
    /// - Returns: how many; 0 at the end.
    mutating func read(into target: UnsafeMutableRawBufferPointer) -> Int {
        let length = min(count - offset, target.count)
        guard length > 0 else { return 0 }
        let range = offset..<offset + length
        if secret?.withBytes({ unsafe Self.copy($0, range, target) }) == nil {
            unsafe Self.copy(plain.span.bytes, range, target)
        }
        offset += length
        return length
    }

    /// - Returns: `false` when the body may not be sent again, or has no such position.
    mutating func seek(to position: Int) -> Bool {
        guard mayRepeat, (0...count).contains(position) else { return false }
        offset = position
        return true
    }

    private static func copy(_ bytes: RawSpan, _ range: Range<Int>, _ target: UnsafeMutableRawBufferPointer) {
        unsafe bytes.extracting(range).withUnsafeBytes { unsafe target.copyMemory(from: $0) }
    }
}
