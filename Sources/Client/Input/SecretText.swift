package import SecretMemory

/// Rules for what a user types or pipes in.
package enum SecretText {
    /// Most bytes a provider key may have.
    package static let maximumKeyCount = 16_384
    /// Fewest characters (Unicode scalars) of a new passphrase.
    package static let minimumPassphraseCharacters = 8
    /// Most bytes of a passphrase.
    package static let maximumPassphraseCount = 1_024
    /// White space a key may have around it, in bytes, beyond the limit of the key itself.
    static let maximumSpace = 4_096

    /// A provider key without the white space around it.
    /// - Parameter raw: what was read; `nil` for nothing.
    /// - Throws: `.invalidInput` for an empty key, one of more than 16 384 bytes, and for control bytes inside: a key with a line break or an
    ///   escape in it was pasted wrongly, and in a header it would be an attack.
    package static func key(_ raw: consuming SecretBytes?) throws(ClientError) -> SecretBytes {
        guard let raw else { throw .invalidInput("no key was given") }
        return try raw.withBytes { (bytes) throws(ClientError) in
            var start = 0
            var end = bytes.byteCount
            while start < end, isSpace(bytes.byte(at: start)) { start += 1 }
            while end > start, isSpace(bytes.byte(at: end - 1)) { end -= 1 }
            guard start < end else { throw .invalidInput("no key was given") }
            guard end - start <= maximumKeyCount else { throw .invalidInput("a key has at most \(maximumKeyCount) bytes") }
            for index in start..<end where bytes.byte(at: index) < 0x20 || bytes.byte(at: index) == 0x7f {
                throw .invalidInput("the key holds a control character (a line break inside, or an escape): give the key alone")
            }
            return SecretBytes(copying: bytes.extracting(start..<end))
        }
    }

    /// Refuses a new passphrase that is too short. Characters are counted as Unicode scalars: the bytes that do not continue one.
    package static func checkNewPassphrase(_ passphrase: borrowing SecretBytes) throws(ClientError) {
        let characters = passphrase.withBytes { bytes in
            bytes.byteOffsets.count { bytes.byte(at: $0) & 0xc0 != 0x80 }
        }
        guard characters >= minimumPassphraseCharacters else {
            throw .invalidInput("a passphrase has at least \(minimumPassphraseCharacters) characters; several random words are better")
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0d).contains(byte)
    }
}
