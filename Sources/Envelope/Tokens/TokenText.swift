import Primitives
import SecretMemory

/// The text form all tokens share: a four-character prefix, then unpadded base64url.
enum TokenText {
    static let prefixCount = 4

    /// Characters of a token that carries `rawCount` bytes.
    static func count(raw rawCount: Int) -> Int { prefixCount + Base64URL.encodedCount(rawCount) }

    /// Writes a token; `raw` stays the caller's to wipe.
    static func encode(prefix: StaticString, raw: RawSpan) throws(EnvelopeError) -> SecretBytes {
        try SecretBytes(count: count(raw: raw.byteCount)) { (out) throws(EnvelopeError) in
            for index in 0..<prefixCount { out.setByte(prefix.withUTF8Buffer { unsafe $0[index] }, at: index) }
            try out.withPart(prefixCount..<out.byteCount) { (body) throws(EnvelopeError) in
                do throws(PrimitiveError) { try Base64URL.encode(raw, into: &body) } catch { throw EnvelopeError(error) }
            }
        }
    }

    /// Reads a token's bytes into `out`, without allocating.
    /// - Returns: whether the text had exactly the one form; `out` holds zeros where not.
    static func decode(_ text: RawSpan, prefix: StaticString, into out: inout MutableRawSpan) -> Bool {
        guard text.byteCount == count(raw: out.byteCount), text.extracting(0..<prefixCount).equals(prefix) else {
            wipe(&out)
            return false
        }
        return Base64URL.decode(from: text.extracting(prefixCount..<text.byteCount), into: &out)
    }
}
