import Envelope
import Model

/// Wraps of Vault Transit: `u8 2 ‖ vault:vN:base64` (FORMAT section 10).
enum TransitWrap {
    static let kind: UInt8 = 2
    /// Bytes of the longest wrap.
    static let maximumCount = 131_072
    /// Bytes of the longest plaintext: 28 of nonce and tag, base64, and a version of ten digits still fit.
    static let maximumPlaintextCount = (maximumCount - 1 - 18) / 4 * 3 - 28

    private static let prefix = Array("vault:v".utf8)
    private static let overhead = 28

    /// The version a wrap names; `nil` for what is no wrap of this kind, in its one form: Vault itself reads `v0` as `v1`, and base64
    /// with stray bits at its end, so that altered wraps would open.
    static func version(of wrap: Blob) -> UInt32? {
        guard wrap.bytes.first == kind, wrap.bytes.count <= maximumCount else { return nil }
        return version(ofText: wrap.bytes[1...])
    }

    /// The text Vault takes.
    static func text(of wrap: Blob) throws(CustodyError) -> ArraySlice<UInt8> {
        guard version(of: wrap) != nil else { throw .integrity }
        return wrap.bytes[1...]
    }

    /// - Returns: `nil` for a text that is no wrap.
    static func wrap(of text: String) -> Blob? {
        let bytes = [kind] + Array(text.utf8)
        guard bytes.count <= maximumCount, version(ofText: bytes[1...]) != nil else { return nil }
        return Blob(bytes)
    }

    private static func version(ofText text: ArraySlice<UInt8>) -> UInt32? {
        guard text.starts(with: prefix) else { return nil }
        let digits = text.dropFirst(prefix.count).prefix { (48...57).contains($0) }
        let number = String(decoding: digits, as: UTF8.self)
        guard let version = UInt32(number), version >= 1, String(version) == number, digits.endIndex < text.endIndex,
            text[digits.endIndex] == UInt8(ascii: ":")
        else { return nil }
        let base64 = Array(text[(digits.endIndex + 1)...])
        guard let bytes = unsafe Base64.decode(base64.span.bytes), bytes.count >= overhead else { return nil }
        return version
    }
}
