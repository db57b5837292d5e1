extension HeaderIndex {
    /// Reads field lines up to and including the empty line that ends a head. RFC 9112 section 5.
    /// - Parameters:
    ///   - start: the first byte after the start line.
    ///   - end: bytes from here on are not looked at.
    /// - Returns: the first byte after the head.
    /// - Throws: `.truncatedHead` when the bytes up to `end` hold no empty line; else what is wrong with a field.
    mutating func parse(_ bytes: Span<UInt8>, from start: Int, to end: Int, limits: HeadLimits) throws(HTTPWireError) -> Int {
        removeAll()
        var at = start
        while true {
            guard at < end else { throw .truncatedHead }
            if bytes[at] == ASCII.carriageReturn { return try Self.lineEnd(bytes, at: at, end: end) }
            guard !ASCII.isWhitespace(bytes[at]) else { throw .foldedHeader }
            guard fields.count < limits.headers else { throw .tooManyHeaders }
            at = try parseField(bytes, from: at, to: end)
        }
    }

    private mutating func parseField(_ bytes: Span<UInt8>, from start: Int, to end: Int) throws(HTTPWireError) -> Int {
        var at = start
        let tokens = ByteSet.token
        while at < end, tokens.contains(bytes[at]) { at &+= 1 }
        let nameCount = at &- start
        guard at < end else { throw .truncatedHead }
        guard bytes[at] == ASCII.colon else { throw Self.nameError(bytes[at], isEmpty: nameCount == 0) }
        guard nameCount > 0 else { throw .badHeaderName }
        guard nameCount <= HeadLimits.nameBytes else { throw .headerNameTooLong }
        at &+= 1

        var hasTab = false
        let valueSpace = at
        while at < end, ASCII.isWhitespace(bytes[at]) {
            hasTab = hasTab || bytes[at] == ASCII.tab
            at &+= 1
        }
        let valueStart = at
        while true {
            at = bytes.firstControl(from: at, to: end)
            guard at < end, bytes[at] == ASCII.tab else { break }
            at &+= 1
        }
        guard at < end else { throw .truncatedHead }
        let next = try Self.lineEnd(bytes, at: at, end: end)
        var valueEnd = at
        while valueEnd > valueStart, ASCII.isWhitespace(bytes[valueEnd &- 1]) {
            valueEnd &-= 1
            hasTab = hasTab || bytes[valueEnd] == ASCII.tab
        }
        append(
            HeaderField(
                nameStart: start, nameCount: nameCount, kind: .classify(bytes, at: start, count: nameCount),
                value: ByteRange(valueStart, valueEnd),
                isCanonical: valueStart &- valueSpace == 1 && !hasTab && valueEnd == at, hasTab: hasTab))
        return next
    }

    /// The first byte after the CR LF that must stand at `at`, which is before `end`.
    static func lineEnd(_ bytes: Span<UInt8>, at: Int, end: Int) throws(HTTPWireError) -> Int {
        switch bytes[at] {
        case ASCII.carriageReturn: break
        case ASCII.lineFeed: throw .bareLF
        default: throw .controlByte
        }
        guard at &+ 1 < end else { throw .truncatedHead }
        guard bytes[at &+ 1] == ASCII.lineFeed else { throw .bareCR }
        return at &+ 2
    }

    /// Why `byte` cannot follow the token characters of a name.
    private static func nameError(_ byte: UInt8, isEmpty: Bool) -> HTTPWireError {
        switch byte {
        case ASCII.space, ASCII.tab: .spaceBeforeColon
        case ASCII.carriageReturn: isEmpty ? .badHeaderName : .missingColon
        case ASCII.lineFeed: .bareLF
        default: byte < ASCII.space || byte == ASCII.delete ? .controlByte : .badHeaderName
        }
    }
}
