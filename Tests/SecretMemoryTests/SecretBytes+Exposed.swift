import SecretMemory

extension SecretBytes {
    /// The bytes as an array, for tests to compare.
    var exposed: [UInt8] {
        withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) } }
    }

    /// Where the bytes lie.
    borrowing func address() -> UInt {
        withBytes { bytes in unsafe bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } }
    }
}
