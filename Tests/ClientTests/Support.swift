import Model
import SecretMemory
import Testing

/// A secret with the bytes of a text.
func secret(_ text: String) -> SecretBytes {
    unsafe SecretBytes(copying: Array(text.utf8).span.bytes)
}

/// The text of a secret that may be missing.
func optionalText(_ secret: consuming SecretBytes?) -> String? {
    guard let secret else { return nil }
    return text(secret)
}

/// The text of a secret, for comparisons in tests.
func text(_ secret: borrowing SecretBytes) -> String {
    secret.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }
}

func accountID(_ byte: UInt8) throws -> AccountID {
    try #require(AccountID(bytes: [UInt8](repeating: byte, count: 16)))
}

func storeID(_ byte: UInt8) throws -> StoreID {
    try #require(StoreID(bytes: [UInt8](repeating: byte, count: 16)))
}
