/// Walks the parameters of a query, `name=value` joined by "&", without copying: the WHATWG URL standard, section 5.1.
///
/// Empty parameters (`a&&b`) are reported with empty ranges by `next`, and dropped by nothing here.
package struct QueryScanner: Sendable {
    /// One parameter: ranges into the query's bytes, still encoded.
    package struct Parameter: Sendable, Equatable {
        /// What stands before the first "=".
        package let name: ByteRange
        /// What follows it; empty too when there is no "=".
        package let value: ByteRange
        /// Name, "=" and value, without the "&" on either side.
        package let whole: ByteRange
    }

    private var at: Int
    private let end: Int

    /// A walk over `query`, which begins after the "?".
    package init(_ query: ByteRange) {
        at = query.lowerBound
        end = query.isEmpty ? query.lowerBound &- 1 : query.upperBound
    }

    /// The next parameter, nil at the end.
    /// - Parameter bytes: the bytes the query belongs to.
    package mutating func next(_ bytes: Span<UInt8>) -> Parameter? {
        guard at <= end else { return nil }
        let start = at
        var equals: Int?
        while at < end, bytes[at] != ASCII.ampersand {
            if equals == nil, bytes[at] == ASCII.equals { equals = at }
            at &+= 1
        }
        let stop = at
        at &+= 1
        return Parameter(
            name: ByteRange(start, equals ?? stop), value: equals.map { ByteRange($0 &+ 1, stop) } ?? ByteRange(stop, stop),
            whole: ByteRange(start, stop))
    }

    /// The next parameter with this name, nil when there is none left. Call it twice to notice two.
    /// - Parameter name: compared byte by byte after percent-decoding.
    package mutating func next(named name: StaticString, _ bytes: Span<UInt8>) -> Parameter? {
        while let parameter = next(bytes) {
            if Self.reads(bytes, parameter.name, name) { return parameter }
        }
        return nil
    }

    /// Appends `query` without any parameter of this name; the others stay as they are, in order.
    /// - Returns: whether anything was appended, so that the caller knows whether a "?" belongs before it.
    @discardableResult
    package static func write(
        _ bytes: Span<UInt8>, _ query: ByteRange, without name: StaticString, to writer: inout ByteWriter
    ) -> Bool {
        var scanner = QueryScanner(query)
        var isFirst = true
        while let parameter = scanner.next(bytes) {
            if reads(bytes, parameter.name, name) { continue }
            if !isFirst { writer.append(ASCII.ampersand) }
            writer.append(bytes, parameter.whole)
            isFirst = false
        }
        return !isFirst
    }

    private static func reads(_ bytes: Span<UInt8>, _ range: ByteRange, _ name: StaticString) -> Bool {
        var at = range.lowerBound
        var index = 0
        while at < range.upperBound {
            guard index < name.utf8CodeUnitCount else { return false }
            let isPlus = bytes[at] == ASCII.plus
            let byte = PercentDecoder.next(bytes, at: &at, end: range.upperBound)
            // In bounds of a literal by the guard above.
            guard unsafe name.utf8Start[index] == (isPlus ? ASCII.space : byte) else { return false }
            index &+= 1
        }
        return index == name.utf8CodeUnitCount
    }
}
