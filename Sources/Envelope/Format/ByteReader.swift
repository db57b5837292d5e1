/// Takes public bytes apart from front to back; every length is checked before it is used.
struct ByteReader {
    private let what: String
    private var rest: ArraySlice<UInt8>

    /// - Parameter what: named by errors.
    init(_ bytes: [UInt8], of what: String) {
        self.what = what
        rest = bytes[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// The next `count` bytes.
    /// - Throws: `.malformed` where fewer are left.
    mutating func take(_ count: Int) throws(EnvelopeError) -> [UInt8] {
        guard count >= 0, count <= rest.count else { throw .malformed("\(what) is truncated") }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// The next big-endian integer, as wide as the type.
    mutating func integer<T: FixedWidthInteger & UnsignedInteger>(_ type: T.Type = T.self) throws(EnvelopeError) -> T {
        try take(T.bitWidth / 8).reduce(0) { $0 << 8 | T($1) }
    }

    /// `count` bytes that are UTF-8.
    mutating func text(_ count: Int) throws(EnvelopeError) -> String {
        guard let text = String(validating: try take(count), as: UTF8.self) else {
            throw .malformed("\(what) holds text that is not UTF-8")
        }
        return text
    }

    /// - Throws: `.malformed` where bytes are left.
    func finish() throws(EnvelopeError) {
        guard rest.isEmpty else { throw .malformed("bytes after the end of \(what)") }
    }
}
