/// Holds what follows a chunk's size to the grammar: RFC 9112 section 7.1.1.
///
/// `*( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )`, then CR. White space that no ";" or "=" follows is refused:
/// the size `1 ` is no size. Quoted strings are RFC 9110 section 5.6.4's, so a CR or LF in one is refused.
struct ChunkExtensionChecker: Sendable {
    private enum State {
        case beforeSemicolon, beforeName, name, afterName, beforeValue, value, quoted, quotedPair, afterQuote
    }

    private var state = State.beforeSemicolon
    private var length = 0

    /// Bytes of extensions in one line.
    private static var maximumLength: Int { 256 }

    /// Takes the next byte after the size.
    /// - Returns: whether it is the CR that ends the line.
    /// - Throws: `.badChunkExtension`, `.chunkExtensionTooLong`, `.bareLF`.
    mutating func take(_ byte: UInt8) throws(HTTPWireError) -> Bool {
        guard byte != ASCII.lineFeed else { throw .bareLF }
        if byte == ASCII.carriageReturn {
            guard state == .name || state == .value || state == .afterQuote else { throw .badChunkExtension }
            return true
        }
        length &+= 1
        guard length <= Self.maximumLength else { throw .chunkExtensionTooLong }
        guard let next = next(byte) else { throw .badChunkExtension }
        state = next
        return false
    }

    private func next(_ byte: UInt8) -> State? {
        let isToken = ByteSet.token.contains(byte)
        let isSpace = ASCII.isWhitespace(byte)
        switch state {
        case .beforeSemicolon:
            return byte == ASCII.semicolon ? .beforeName : isSpace ? .beforeSemicolon : nil
        case .beforeName:
            return isToken ? .name : isSpace ? .beforeName : nil
        case .name, .afterName:
            if byte == ASCII.equals { return .beforeValue }
            if byte == ASCII.semicolon { return .beforeName }
            if isSpace { return .afterName }
            return isToken && state == .name ? .name : nil
        case .beforeValue:
            if byte == ASCII.quote { return .quoted }
            return isToken ? .value : isSpace ? .beforeValue : nil
        case .value, .afterQuote:
            if byte == ASCII.semicolon { return .beforeName }
            if isSpace { return .beforeSemicolon }
            return isToken && state == .value ? .value : nil
        case .quoted:
            if byte == ASCII.quote { return .afterQuote }
            if byte == ASCII.backslash { return .quotedPair }
            return Self.isText(byte) ? .quoted : nil
        case .quotedPair:
            return Self.isText(byte) ? .quoted : nil
        }
    }

    /// HTAB, SP, VCHAR, obs-text.
    private static func isText(_ byte: UInt8) -> Bool {
        byte == ASCII.tab || byte >= ASCII.space && byte != ASCII.delete
    }
}
