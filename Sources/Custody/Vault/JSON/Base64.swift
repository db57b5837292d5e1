import Primitives
import SecretMemory

/// Base64 with the standard alphabet and padding (RFC 4648, section 4), the only form Vault takes. Strict: each byte string has exactly
/// one text; white space and set trailing bits, which Vault itself lets through, are refused.
/// The time depends on lengths only, so that secrets can pass through it.
enum Base64 {
    /// Characters that `count` bytes need.
    static func encodedCount(_ count: Int) -> Int { (count + 2) / 3 * 4 }

    /// Writes the text of `bytes` into the caller's memory.
    /// - Parameter out: exactly `encodedCount(bytes.byteCount)` bytes.
    static func encode(_ bytes: RawSpan, into out: inout MutableRawSpan) throws(PrimitiveError) {
        guard out.byteCount == encodedCount(bytes.byteCount) else {
            throw .invalidLength(expected: encodedCount(bytes.byteCount), actual: out.byteCount)
        }
        let count = Base64URL.encodedCount(bytes.byteCount)
        var place = out._mutatingExtracting(0..<count)
        try Base64URL.encode(bytes, into: &place)
        unsafe out.withUnsafeMutableBytes { text in
            for index in 0..<count { unsafe text[index] = exchanged(text[index], 45, 43, 95, 47) }
            for index in count..<text.count { unsafe text[index] = 61 }
        }
    }

    /// The text of public bytes.
    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text = [UInt8](repeating: 0, count: encodedCount(bytes.count))
        var elements = text.mutableSpan
        var span = unsafe elements.mutableBytes
        // The length is right by construction; nothing else can fail.
        try? encode(unsafe bytes.span.bytes, into: &span)
        return text
    }

    /// Bytes a text holds by its length and padding; `nil` where no text looks so.
    static func decodedCount(_ text: RawSpan) -> Int? {
        guard text.byteCount % 4 == 0 else { return nil }
        guard text.byteCount > 0 else { return 0 }
        return text.byteCount / 4 * 3 - padding(text)
    }

    /// Decodes into the caller's memory.
    /// - Parameters:
    ///   - scratch: at least as many bytes as `text`; holds the text afterwards, so for a secret it is guarded memory.
    ///   - out: exactly `decodedCount(text)` bytes; all zeros where the result is `false`.
    static func decode(from text: RawSpan, scratch: inout MutableRawSpan, into out: inout MutableRawSpan) -> Bool {
        guard let count = decodedCount(text), out.byteCount == count, scratch.byteCount >= text.byteCount else { return false }
        guard count > 0 else { return true }
        let length = text.byteCount - padding(text)
        var foreign: Int32 = 0
        unsafe text.withUnsafeBytes { source in
            unsafe scratch.withUnsafeMutableBytes { target in
                for index in 0..<length {
                    let byte = unsafe source[index]
                    foreign |= equals(byte, 45) | equals(byte, 95)
                    unsafe target[index] = exchanged(byte, 43, 45, 47, 95)
                }
            }
        }
        let isValid = Base64URL.decode(from: scratch.bytes.extracting(0..<length), into: &out)
        guard isValid, foreign == 0 else {
            SecretMemory.wipe(&out)
            return false
        }
        return true
    }

    /// The bytes of a public text; `nil` where it is not in the one accepted form.
    static func decode(_ text: RawSpan) -> [UInt8]? {
        guard let count = decodedCount(text) else { return nil }
        var bytes = [UInt8](repeating: 0, count: count)
        var copy = [UInt8](repeating: 0, count: text.byteCount)
        var copyElements = copy.mutableSpan
        var scratch = unsafe copyElements.mutableBytes
        var elements = bytes.mutableSpan
        var out = unsafe elements.mutableBytes
        return decode(from: text, scratch: &scratch, into: &out) ? bytes : nil
    }

    private static func padding(_ text: RawSpan) -> Int {
        var count = 0
        while count < 2, unsafe text.unsafeLoad(fromByteOffset: text.byteCount - 1 - count, as: UInt8.self) == 61 { count += 1 }
        return count
    }

    /// -1 where they are equal, else 0, without a branch.
    private static func equals(_ byte: UInt8, _ other: UInt8) -> Int32 { (Int32(byte ^ other) - 1) >> 31 }

    /// `byte` with `a` made `b` and `c` made `d`, without a branch.
    private static func exchanged(_ byte: UInt8, _ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) -> UInt8 {
        let change = equals(byte, a) & (Int32(b) - Int32(a)) | equals(byte, c) & (Int32(d) - Int32(c))
        return UInt8(truncatingIfNeeded: Int32(byte) + change)
    }
}
