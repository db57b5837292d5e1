import Foundation
package import SecretMemory

/// A passphrase in the one form that slots are derived from: NFC (Unicode Annex 15), UTF-8.
package enum Passphrase {
    /// Most bytes a passphrase may have.
    package static let maximumCount = 1024

    /// The normalised passphrase in guarded memory; `bytes` stay the caller's to wipe.
    /// ASCII is in NFC already and is copied. Other text has to pass through `String` for Foundation's normaliser: those copies are
    /// released before this returns, and the executable's `free` wipes what is released.
    /// - Throws: `.malformed` for no bytes, text that is not UTF-8, or a control character (a terminal's, never meant); `.tooLarge` above
    ///   1 024 bytes.
    package static func normalize(_ bytes: RawSpan) throws(EnvelopeError) -> SecretBytes {
        guard bytes.byteCount >= 1 else { throw .malformed("empty passphrase") }
        guard bytes.byteCount <= maximumCount else { throw .tooLarge("passphrase") }
        var isASCII = true
        for index in bytes.byteOffsets {
            let byte = unsafe bytes.unsafeLoad(fromUncheckedByteOffset: index, as: UInt8.self)
            guard byte >= 0x20, byte != 0x7f else { throw .malformed("control character in the passphrase") }
            if byte >= 0x80 { isASCII = false }
        }
        if isASCII { return SecretBytes(copying: bytes) }
        let text = unsafe bytes.withUnsafeBytes { unsafe String(validating: $0, as: UTF8.self) }
        guard let normalized = text?.precomposedStringWithCanonicalMapping else { throw .malformed("passphrase that is not UTF-8") }
        return SecretBytes(copying: unsafe normalized.utf8.span.bytes)
    }
}
