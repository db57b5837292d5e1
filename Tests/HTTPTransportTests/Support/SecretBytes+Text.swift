import SecretMemory

extension SecretBytes {
    /// A pretended secret.
    init(text: String) {
        unsafe self.init(copying: Array(text.utf8).span.bytes)
    }

    /// The bytes as text, for comparison in a test.
    func exposedText() -> String {
        withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }
    }
}
