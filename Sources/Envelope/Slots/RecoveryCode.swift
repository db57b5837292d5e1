import Primitives
package import SecretMemory

/// 128 random bits that open an account when the passphrase is lost, with a checksum against typing errors (FORMAT section 6).
/// Text form: 32 characters of Crockford base32 in 8 groups joined by `-`.
package struct RecoveryCode: ~Copyable, Sendable {
    /// Random bytes.
    package static let secretCount = 16
    /// Characters of the text form, dashes included.
    package static let textCount = 39

    private let secret: SecretBytes

    /// Makes a new code.
    package init() {
        secret = Random.secret(Self.secretCount)
    }

    /// Takes over a code by its 16 bytes.
    /// - Throws: `.malformed` for another length.
    package init(secret: consuming SecretBytes) throws(EnvelopeError) {
        guard secret.count == Self.secretCount else { throw .malformed("recovery code") }
        self.secret = secret
    }

    /// Reads a code as people type it: case, spaces and dashes are ignored, O is 0, I and L are 1.
    /// - Parameter text: ASCII, at most 256 bytes; the caller's to wipe.
    /// - Throws: `.malformed` for another character, another length or a checksum that does not fit.
    package init(reading text: RawSpan) throws(EnvelopeError) {
        guard text.byteCount <= 256 else { throw .tooLarge("recovery code") }
        // Secret (16) and checksum (4), most significant bits first: 32 characters of 5 bits.
        let decoded = try SecretBytes(count: 20) { (out) throws(EnvelopeError) in
            var characters = 0
            for index in text.byteOffsets {
                let character = unsafe text.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
                if character == UInt8(ascii: " ") || character == UInt8(ascii: "-") { continue }
                guard characters < 32, let value = Crockford32.value(of: character) else { throw .malformed("recovery code") }
                Crockford32.put(value, at: characters, in: &out)
                characters += 1
            }
            guard characters == 32 else { throw .malformed("recovery code") }
        }
        secret = try decoded.withBytes { (bytes) throws(EnvelopeError) in
            let secret = bytes.extracting(0..<Self.secretCount)
            guard constantTimeEqual(unsafe Self.checksum(secret).span.bytes, bytes.extracting(Self.secretCount..<20)) else {
                throw .malformed("recovery code with a typing error")
            }
            return SecretBytes(copying: secret)
        }
    }

    /// The text form, 39 ASCII characters.
    package borrowing func text() -> SecretBytes {
        secret.withBytes { secret in
            let whole = SecretBytes(count: 20) { out in
                let checksum = Self.checksum(secret)
                for index in 0..<20 {
                    let byte = index < 16 ? secret.byte(at: index) : checksum[index - 16]
                    out.setByte(byte, at: index)
                }
            }
            return whole.withBytes { whole in
                SecretBytes(count: Self.textCount) { out in
                    for index in 0..<Self.textCount {
                        let isDash = index % 5 == 4
                        out.setByte(isDash ? UInt8(ascii: "-") : Crockford32.character(at: index - index / 5, of: whole), at: index)
                    }
                }
            }
        }
    }

    /// Lends the 16 bytes to `body`.
    borrowing func withBytes<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try secret.withBytes(body)
    }

    /// First 4 bytes of SHA-256(`tacit/recovery-code/v1` ‖ secret).
    private static func checksum(_ secret: RawSpan) -> [UInt8] {
        var hasher = SHA256Hasher()
        hasher.update(unsafe Array("tacit/recovery-code/v1".utf8).span.bytes)
        hasher.update(secret)
        return Array(hasher.finalize().prefix(4))
    }
}
