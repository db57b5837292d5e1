package import Model
import Primitives
import SecretMemory

/// The bearer token of an access file: `tca_` ‖ base64url(writer id, 16 bytes ‖ 32 random bytes) (FORMAT section 9).
package enum AccessToken {
    /// Characters of the text.
    package static let textCount = 68

    /// Makes a new token for a writer.
    package static func make(writerID: WriterID) throws(EnvelopeError) -> MadeToken {
        let id = writerID.bytes
        let raw = SecretBytes(count: 48) { out in
            out.copy(unsafe id.span.bytes)
            out.withPart(16..<48) { Random.fill(&$0) }
        }
        return try raw.withBytes { (raw) throws(EnvelopeError) in
            MadeToken(
                text: try TokenText.encode(prefix: "tca_", raw: raw), digest: Blob(SHA256.hash(raw.extracting(16..<48))))
        }
    }

    /// Whose token `text` (ASCII) is, and the digest of its random bytes; `nil` where it has not exactly the form. Keeps nothing.
    package static func parse(_ text: RawSpan) -> (writerID: WriterID, digest: Blob)? {
        var storage = InlineArray<48, UInt8>(repeating: 0)
        var elements = storage.mutableSpan
        var raw = unsafe elements.mutableBytes
        defer { wipe(&raw) }
        guard TokenText.decode(text, prefix: "tca_", into: &raw) else { return nil }
        let bytes = raw.bytes
        guard let writerID = WriterID(bytes: (0..<16).map { bytes.byte(at: $0) }) else { return nil }
        return (writerID, Blob(SHA256.hash(bytes.extracting(16..<48))))
    }
}
