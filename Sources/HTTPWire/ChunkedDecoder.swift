/// Decodes a chunked body from any pieces of it: RFC 9112 section 7.1.
///
/// A pure state machine. It keeps no bytes, so whatever was consumed can be dropped at once, and the outcome depends on the
/// bytes alone, not on how they arrive. Strict about CR LF, about sizes (1 to 16 hexadecimal digits, below 2^63), about the
/// end of each chunk. Extensions are held to the grammar and dropped; each line may carry at most 256 bytes of them, and over
/// the whole body they may be at most 16 KiB more than the payload before them (a byte per chunk with a page of extensions each
/// is an attack). Trailers are held to the grammar and dropped: at most 64 of them, 8 KiB in all.
package struct ChunkedDecoder: Sendable {
    private enum State {
        case size, afterSize, sizeEnd
        case data, dataEnd, dataEndLF
        case lineStart, trailerName, trailerValue, trailerEnd, lastLF
        case done
    }

    private var state = State.size
    private var digits = 0
    private var remaining: UInt64 = 0
    private var extensions = ChunkExtensionChecker()
    private var extensionDebt = 0
    private var trailerBytes = 0
    /// Bytes of payload so far.
    package private(set) var decodedBytes: UInt64 = 0
    /// Trailer fields read and dropped.
    package private(set) var trailerCount = 0

    /// A decoder at the start of a body.
    package init() {}

    /// Whether the body is complete.
    package var isComplete: Bool { state == .done }

    private static var maximumDigits: Int { 16 }
    private static var maximumExtensionDebt: Int { 16_384 }
    private static var maximumTrailers: Int { 64 }
    private static var maximumTrailerBytes: Int { 8192 }
    /// Keeps a range within 32 bits.
    private static var maximumPayload: Int { 1 << 30 }

    /// Goes on in `bytes` at `at` until there is something to report.
    /// - Parameters:
    ///   - bytes: what arrived; not kept.
    ///   - at: the next byte to read; moved past what was consumed. `bytes.count` after `.needsMore`.
    /// - Throws: `.badChunkSize`, `.chunkSizeOverflow`, `.badChunkExtension`, `.chunkExtensionTooLong`, `.badChunkEnd`, `.badTrailer`,
    ///   `.trailersTooLarge`, `.bareCR`, `.bareLF`; close the connection then.
    package mutating func step(_ bytes: Span<UInt8>, at: inout Int) throws(HTTPWireError) -> BodyStep {
        while state != .done {
            guard at < bytes.count else { return .needsMore }
            if state == .data { return .payload(takeData(at: &at, available: bytes.count &- at)) }
            try take(bytes[at])
            at &+= 1
        }
        return .end
    }

    private mutating func takeData(at: inout Int, available: Int) -> ByteRange {
        let count = min(Int(truncatingIfNeeded: remaining), min(available, Self.maximumPayload))
        remaining &-= UInt64(count)
        decodedBytes &+= UInt64(count)
        extensionDebt = max(0, extensionDebt &- count)
        if remaining == 0 { state = .dataEnd }
        defer { at &+= count }
        return ByteRange(at, at &+ count)
    }

    private mutating func take(_ byte: UInt8) throws(HTTPWireError) {
        switch state {
        case .size: try takeSize(byte)
        case .afterSize: try takeExtension(byte)
        case .sizeEnd: try endSizeLine(byte)
        case .dataEnd:
            guard byte == ASCII.carriageReturn else { throw .badChunkEnd }
            state = .dataEndLF
        case .dataEndLF:
            guard byte == ASCII.lineFeed else { throw .badChunkEnd }
            startSize()
        case .lineStart, .trailerName, .trailerValue, .trailerEnd, .lastLF: try takeTrailer(byte)
        case .data, .done: break
        }
    }

    private mutating func startSize() {
        state = .size
        digits = 0
        extensions = ChunkExtensionChecker()
    }

    private mutating func takeSize(_ byte: UInt8) throws(HTTPWireError) {
        if let digit = ASCII.hexValue(byte) {
            guard digits < Self.maximumDigits else { throw .chunkSizeOverflow }
            digits &+= 1
            remaining = remaining &<< 4 | UInt64(digit)
            return
        }
        guard byte != ASCII.lineFeed else { throw .bareLF }
        guard digits > 0 else { throw .badChunkSize }
        let (total, overflow) = decodedBytes.addingReportingOverflow(remaining)
        guard !overflow, total <= UInt64(Int64.max) else { throw .chunkSizeOverflow }
        switch byte {
        case ASCII.carriageReturn: state = .sizeEnd
        case ASCII.semicolon, ASCII.space, ASCII.tab:
            state = .afterSize
            try takeExtension(byte)
        default: throw .badChunkSize
        }
    }

    private mutating func takeExtension(_ byte: UInt8) throws(HTTPWireError) {
        if try extensions.take(byte) {
            state = .sizeEnd
            return
        }
        extensionDebt &+= 1
        guard extensionDebt <= Self.maximumExtensionDebt else { throw .chunkExtensionTooLong }
    }

    private mutating func endSizeLine(_ byte: UInt8) throws(HTTPWireError) {
        guard byte == ASCII.lineFeed else { throw .bareCR }
        state = remaining > 0 ? .data : .lineStart
    }

    /// Trailer fields and the empty line: RFC 9112 section 7.1.2.
    private mutating func takeTrailer(_ byte: UInt8) throws(HTTPWireError) {
        guard byte != ASCII.lineFeed || state == .trailerEnd || state == .lastLF else { throw .bareLF }
        trailerBytes &+= 1
        guard trailerBytes <= Self.maximumTrailerBytes else { throw .trailersTooLarge }
        switch state {
        case .lineStart where byte == ASCII.carriageReturn: state = .lastLF
        case .lineStart:
            guard ByteSet.token.contains(byte) else { throw .badTrailer }
            trailerCount &+= 1
            guard trailerCount <= Self.maximumTrailers else { throw .trailersTooLarge }
            state = .trailerName
        case .trailerName where byte == ASCII.colon: state = .trailerValue
        case .trailerName: guard ByteSet.token.contains(byte) else { throw .badTrailer }
        case .trailerValue where byte == ASCII.carriageReturn: state = .trailerEnd
        case .trailerValue: guard byte == ASCII.tab || byte >= ASCII.space && byte != ASCII.delete else { throw .badTrailer }
        case .trailerEnd:
            guard byte == ASCII.lineFeed else { throw .bareCR }
            state = .lineStart
        default:
            guard byte == ASCII.lineFeed else { throw .bareCR }
            state = .done
        }
    }
}
