import SecretMemory

/// The one key the demo provider accepts.
final class DemoKey: Sendable {
    private let key: SecretBytes

    init(_ key: consuming SecretBytes) {
        self.key = key
    }

    /// Whether `offered` is the key, in constant time.
    func accepts(_ offered: [UInt8]) -> Bool {
        key.withBytes { unsafe constantTimeEqual($0, offered.span.bytes) }
    }
}
