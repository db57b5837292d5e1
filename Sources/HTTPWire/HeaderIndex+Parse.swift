extension HeaderIndex {
    /// Reads field lines up to and including the empty line that ends a head. RFC 9112 section 5.
    /// - Parameters:
    ///   - bytes: no more of them than a head may have.
    ///   - start: the first byte after the start line.
    /// - Returns: the first byte after the head.
    /// - Throws: `.truncatedHead` when the bytes hold no empty line; else what is wrong with a field.
    mutating func parse(_ bytes: Span<UInt8>, from start: Int, limits: HeadLimits) throws(HTTPWireError) -> Int {
        removeAll()
        var at = start
        while true {
            guard bytes.has(at) else { throw .truncatedHead }
            if bytes[at] == ASCII.carriageReturn { return try Self.lineEnd(bytes, at: at) }
            guard !ASCII.isWhitespace(bytes[at]) else { throw .foldedHeader }
            guard fields.count < limits.headers else { throw .tooManyHeaders }
            at = try parseField(bytes, from: at)
        }
    }

    private mutating func parseField(_ bytes: Span<UInt8>, from start: Int) throws(HTTPWireError) -> Int {
        let colon = try Self.nameEnd(bytes, from: start)
        var hasTab = false
        var valueStart = colon &+ 1
        while bytes.has(valueStart), ASCII.isWhitespace(bytes[valueStart]) {
            hasTab = hasTab || bytes[valueStart] == ASCII.tab
            valueStart &+= 1
        }
        var lineEnd = bytes.firstControl(from: valueStart)
        while bytes.has(lineEnd), bytes[lineEnd] == ASCII.tab { lineEnd = bytes.firstControl(from: lineEnd &+ 1) }
        let next = try Self.lineEnd(bytes, at: lineEnd)
        var valueEnd = lineEnd
        while valueEnd > valueStart, ASCII.isWhitespace(bytes[valueEnd &- 1]) {
            valueEnd &-= 1
            hasTab = hasTab || bytes[valueEnd] == ASCII.tab
        }
        append(
            HeaderField(
                nameStart: start, nameCount: colon &- start, kind: .classify(bytes, at: start, count: colon &- start),
                value: ByteRange(valueStart, valueEnd),
                isCanonical: valueStart &- colon == 2 && !hasTab && valueEnd == lineEnd, hasTab: hasTab))
        return next
    }

    /// Where the colon stands after the name that begins at `start`.
    @inline(__always)
    private static func nameEnd(_ bytes: Span<UInt8>, from start: Int) throws(HTTPWireError) -> Int {
        var at = bytes.firstOutsideName(from: start)
        if bytes.has(at), ByteSet.token.contains(bytes[at]) {
            repeat { at = bytes.firstOutsideName(from: at &+ 1) } while bytes.has(at) && ByteSet.token.contains(bytes[at])
            guard !HeaderName.isDisguised(bytes, ByteRange(start, at)) else { throw .badHeaderName }
        }
        guard bytes.has(at) else { throw .truncatedHead }
        guard bytes[at] == ASCII.colon else { throw nameError(bytes[at], isEmpty: at == start) }
        guard at > start else { throw .badHeaderName }
        guard at &- start <= HeadLimits.nameBytes else { throw .headerNameTooLong }
        return at
    }

    /// The first byte after the CR LF that must stand at `at`.
    @inline(__always)
    static func lineEnd(_ bytes: Span<UInt8>, at: Int) throws(HTTPWireError) -> Int {
        guard bytes.has(at) else { throw .truncatedHead }
        guard bytes[at] == ASCII.carriageReturn else { throw bytes[at] == ASCII.lineFeed ? .bareLF : .controlByte }
        guard bytes.has(at &+ 1) else { throw .truncatedHead }
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
