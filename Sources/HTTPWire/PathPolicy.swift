/// Refuses paths that two servers may read as different ones, and compares paths with prefixes.
///
/// A path is refused rather than normalised: what was checked is then byte for byte what is sent. Sources: RFC 3986 section 6.2,
/// and what servers are known to decode beyond it.
package enum PathPolicy {
    /// What to do with "/" and "\" written as `%2f` and `%5c`.
    package enum EncodedSlashes: Sendable {
        /// Refuse them: a policy on paths applies.
        case refused
        /// Let them pass as data within a segment; dot segments between them are still refused.
        case allowed
    }

    /// Refuses a path that could mean another one.
    /// - Parameters:
    ///   - path: of a `RequestTarget`: begins with "/", percent-encodings well formed.
    ///   - encodedSlashes: refused when left out; then the same encoded twice (`%252f`) is refused as well.
    /// - Throws:
    ///   - `.badTarget`: does not begin with "/".
    ///   - `.emptySegment`: `//`, either possibly encoded.
    ///   - `.dotSegment`: `.` or `..`, each dot possibly `%2e`, also before parameters (`..;x`).
    ///   - `.backslashInPath`; `.encodedSlash`; `.encodedControl`: `%00` to `%1f`, `%7f`.
    ///   - `.overlongEncoding`: `%c0`, `%c1`, `%e0` before `%80` to `%9f`, `%f0` before `%80` to `%8f`: they begin no UTF-8 sequence
    ///     (RFC 3629 section 4) but disguise ASCII in lax decoders.
    ///   - `.doubleEncoding`: `%252e`, `%252f`, `%255c`, `%2500`, their digits possibly encoded as well (`%25%32%65`).
    package static func check(
        _ bytes: Span<UInt8>, _ path: ByteRange, encodedSlashes: EncodedSlashes = .refused
    ) throws(HTTPWireError) {
        guard !path.isEmpty, bytes[path.lowerBound] == ASCII.slash else { throw .badTarget }
        let end = path.upperBound
        guard !isPlain(bytes, path) else { return }
        var segment = DotSegment()
        var at = path.lowerBound &+ 1
        while at < end {
            let start = at
            let byte = PercentDecoder.next(bytes, at: &at, end: end)
            let isEncoded = at &- start == 3
            if isEncoded {
                try checkEncoded(byte, bytes, next: at, end: end, encodedSlashes)
            } else if byte == ASCII.backslash {
                throw .backslashInPath
            }
            if byte == ASCII.slash || byte == ASCII.backslash {
                guard !segment.isDots else { throw .dotSegment }
                guard !segment.isEmpty else { throw .emptySegment }
                segment = DotSegment()
            } else {
                segment.take(byte)
            }
        }
        guard !segment.isDots else { throw .dotSegment }
    }

    /// Whether nothing in the path could be refused: no encoding, backslash, dot or empty segment. Most paths are such.
    private static func isPlain(_ bytes: Span<UInt8>, _ path: ByteRange) -> Bool {
        var previous = ASCII.slash
        for index in path.lowerBound &+ 1..<path.upperBound {
            let byte = bytes[index]
            switch byte {
            case ASCII.percent, ASCII.backslash, ASCII.dot: return false
            case ASCII.slash where previous == ASCII.slash: return false
            default: previous = byte
            }
        }
        return true
    }

    /// - Parameter next: the byte after the encoding.
    private static func checkEncoded(
        _ byte: UInt8, _ bytes: Span<UInt8>, next: Int, end: Int, _ encodedSlashes: EncodedSlashes
    ) throws(HTTPWireError) {
        switch byte {
        case 0x00..<ASCII.space, ASCII.delete: throw .encodedControl
        case 0xc0, 0xc1: throw .overlongEncoding
        case 0xe0, 0xf0:
            var at = next
            guard at < end else { return }
            let second = PercentDecoder.next(bytes, at: &at, end: end)
            guard !(0x80..<(byte == 0xe0 ? 0xa0 : 0x90)).contains(second) else { throw .overlongEncoding }
        case ASCII.slash, ASCII.backslash:
            if encodedSlashes == .refused { throw .encodedSlash }
        case ASCII.percent:
            var at = next
            guard let high = hexDigit(bytes, at: &at, end: end), let low = hexDigit(bytes, at: &at, end: end) else { return }
            switch high << 4 | low {
            case ASCII.dot, 0: throw .doubleEncoding
            case ASCII.slash, ASCII.backslash:
                if encodedSlashes == .refused { throw .doubleEncoding }
            default: break
            }
        default: break
        }
    }

    /// The value of the digit at `at`, which may be percent-encoded itself; nil when there is none.
    private static func hexDigit(_ bytes: Span<UInt8>, at: inout Int, end: Int) -> UInt8? {
        at < end ? ASCII.hexValue(PercentDecoder.next(bytes, at: &at, end: end)) : nil
    }

    /// What a prefix is compared for: each errs on its safe side.
    package enum Purpose: Sendable {
        /// An allow-list: an encoded slash is no slash, letters have a case.
        case allowing
        /// A deny-list, for servers that read generously: an encoded slash is a slash, case does not count, and parameters
        /// (from ";" to the end of a segment) are passed over.
        case denying
    }

    /// Whether `path` is `prefix` or lies under it: `/v1` covers `/v1` and `/v1/x`, not `/v1x`; `/v1/` covers only what is under it.
    ///
    /// The path is percent-decoded on the way, so an encoded letter neither leaves an allow-list's entry nor escapes a deny-list's.
    /// - Parameters:
    ///   - path: one that `check` let pass.
    ///   - prefix: plain bytes without percent-encodings and parameters, beginning with "/"; empty covers every path.
    package static func hasPrefix(
        _ bytes: Span<UInt8>, _ path: ByteRange, _ prefix: Span<UInt8>, for purpose: Purpose
    ) -> Bool {
        // Bytes that stand for themselves are compared as they are; most prefixes differ before anything else comes.
        var at = 0
        while at < prefix.count, at < path.count {
            let byte = bytes[path.lowerBound &+ at]
            if byte == ASCII.percent || byte == ASCII.semicolon { break }
            let isEqual = purpose == .denying ? ASCII.lowercased(byte) == ASCII.lowercased(prefix[at]) : byte == prefix[at]
            guard isEqual else { return false }
            at &+= 1
        }
        var reader = PathReader(ByteRange(path.lowerBound &+ at, path.upperBound), purpose)
        var last = at == 0 ? ASCII.slash : prefix[at &- 1]
        for index in at..<prefix.count {
            guard let byte = reader.next(bytes) else { return false }
            last = purpose == .denying ? ASCII.lowercased(prefix[index]) : prefix[index]
            guard byte == last else { return false }
        }
        if prefix.isEmpty || last == ASCII.slash { return true }
        guard let byte = reader.next(bytes) else { return true }
        return byte == ASCII.slash
    }
}

/// Reads a path as the purpose of a comparison asks for.
private struct PathReader {
    private var at: Int
    private let end: Int
    private let purpose: PathPolicy.Purpose

    init(_ path: ByteRange, _ purpose: PathPolicy.Purpose) {
        at = path.lowerBound
        end = path.upperBound
        self.purpose = purpose
    }

    /// The next byte to compare, nil at the end. For `allowing`, an encoded slash comes out as NUL, which no prefix has.
    mutating func next(_ bytes: Span<UInt8>) -> UInt8? {
        var inParameters = false
        while at < end {
            let start = at
            let byte = PercentDecoder.next(bytes, at: &at, end: end)
            switch purpose {
            case .allowing:
                return byte == ASCII.slash && at &- start == 3 ? 0 : byte
            case .denying:
                if byte == ASCII.slash { return byte }
                inParameters = inParameters || byte == ASCII.semicolon
                if !inParameters { return ASCII.lowercased(byte) }
            }
        }
        return nil
    }
}

/// What is known of the segment read so far: empty, `.` or `..` (parameters after ";" apart), or something else.
private struct DotSegment {
    private(set) var isEmpty = true
    private var dots = 0
    private var hasOther = false
    private var inParameters = false

    var isDots: Bool { !hasOther && (dots == 1 || dots == 2) }

    mutating func take(_ byte: UInt8) {
        isEmpty = false
        if inParameters { return }
        switch byte {
        case ASCII.semicolon: inParameters = true
        case ASCII.dot where dots < 3: dots += 1
        default: hasOther = true
        }
    }
}
