import Primitives
import SecretMemory

/// A JSON text around one secret, made in guarded memory.
enum SecretJSON {
    enum Form {
        /// The secret's base64.
        case base64
        /// The secret as a string, its quotation marks, backslashes and control characters escaped.
        case string
    }

    /// - Parameters:
    ///   - before: what stands before the secret's opening quotation mark; not secret, JSON already.
    ///   - after: what stands behind its closing one.
    static func text(_ before: String, _ secret: RawSpan, _ form: Form, _ after: String) throws(CustodyError) -> SecretBytes {
        let head = Array((before + "\"").utf8)
        let tail = Array(("\"" + after).utf8)
        let middle = form == .base64 ? Base64.encodedCount(secret.byteCount) : escapedCount(secret)
        do throws(PrimitiveError) {
            return try SecretBytes(count: head.count + middle + tail.count) { (out) throws(PrimitiveError) in
                put(head, into: &out, at: 0)
                put(tail, into: &out, at: head.count + middle)
                var place = out._mutatingExtracting(head.count..<head.count + middle)
                switch form {
                case .base64: try Base64.encode(secret, into: &place)
                case .string: escape(secret, into: &place)
                }
            }
        } catch { throw CustodyError(error) }
    }

    private static func put(_ bytes: [UInt8], into out: inout MutableRawSpan, at start: Int) {
        for (offset, byte) in bytes.enumerated() { out.storeBytes(of: byte, toByteOffset: start + offset, as: UInt8.self) }
    }

    private static func escapedCount(_ secret: RawSpan) -> Int {
        var count = 0
        for offset in 0..<secret.byteCount { count += escapedCount(byte(secret, offset)) }
        return count
    }

    private static func escapedCount(_ byte: UInt8) -> Int { byte < 32 ? 6 : byte == 34 || byte == 92 ? 2 : 1 }

    private static func escape(_ secret: RawSpan, into out: inout MutableRawSpan) {
        var position = 0
        func put(_ byte: UInt8, _ out: inout MutableRawSpan) {
            out.storeBytes(of: byte, toByteOffset: position, as: UInt8.self)
            position += 1
        }
        for offset in 0..<secret.byteCount {
            let byte = byte(secret, offset)
            switch escapedCount(byte) {
            case 6:
                for character in [92, 117, 48, 48] as [UInt8] { put(character, &out) }
                for nibble in [byte >> 4, byte & 15] { put(nibble < 10 ? 48 + nibble : 87 + nibble, &out) }
            case 2:
                put(92, &out)
                put(byte, &out)
            default: put(byte, &out)
            }
        }
    }

    private static func byte(_ secret: RawSpan, _ offset: Int) -> UInt8 { unsafe secret.unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
}
