import HTTPWire

/// A request path cut into the alias and what follows it.
struct AliasPath: Equatable {
    /// The first segment, 1 to 32 of `[a-z0-9-]`; empty where it is none, which no session knows as an alias.
    let alias: ByteRange
    /// What follows, empty or beginning with `/`.
    let rest: ByteRange
    /// Nothing in it is an encoded slash or backslash.
    let isPlain: Bool

    /// - Throws: `ambiguous_request` for a path that two servers may read as different ones.
    init(_ target: RequestTarget, in bytes: Span<UInt8>) throws(ProxyError) {
        let path = target.path
        do throws(HTTPWireError) { try PathPolicy.check(bytes, path, encodedSlashes: .allowed) } catch { throw .pathRefused }
        var isPlain = true
        if Self.hasEncoding(bytes, path) {
            do throws(HTTPWireError) { try PathPolicy.check(bytes, path, encodedSlashes: .refused) } catch { isPlain = false }
        }
        let start = path.lowerBound + 1
        var end = start
        while end < path.upperBound, bytes[end] != UInt8(ascii: "/") {
            end += 1
        }
        let isAlias = (1...32).contains(end - start) && (start..<end).allSatisfy { Self.allows(bytes[$0]) }
        alias = isAlias ? ByteRange(start, end) : .empty
        rest = ByteRange(end, path.upperBound)
        self.isPlain = isPlain
    }

    private static func hasEncoding(_ bytes: Span<UInt8>, _ path: ByteRange) -> Bool {
        for index in path.bounds where bytes[index] == UInt8(ascii: "%") { return true }
        return false
    }

    private static func allows(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "-")
    }
}
