/// A second decoding of chunked bodies, slow and written from RFC 9112 section 7.1 alone, to compare the decoder with.
///
/// It answers with a complete body or with nothing; it does not tell a refused one from one that goes on.
struct PlainChunks {
    private(set) var body: [UInt8] = []
    /// Bytes of the encoded body.
    private(set) var length = 0
    private(set) var trailers = 0

    init?(_ bytes: [UInt8]) {
        var rest = bytes[...]
        var debt = 0
        while true {
            guard let line = Self.line(&rest) else { return nil }
            let digits = line.prefix { PlainBytes.hexValue($0) != nil }
            let extensions = line[digits.endIndex...]
            guard (1...16).contains(digits.count), let size = Int(PlainBytes.lowercased(digits), radix: 16) else { return nil }
            guard body.count <= Int.max - size, extensions.count <= 256, Self.areExtensions(extensions) else { return nil }
            debt += extensions.count
            guard debt <= 16_384 else { return nil }
            if size == 0 { break }
            guard rest.count - 2 >= size else { return nil }
            body += rest.prefix(size)
            debt = max(0, debt - size)
            rest = rest.dropFirst(size)
            guard rest.starts(with: [13, 10]) else { return nil }
            rest = rest.dropFirst(2)
        }
        let start = rest.startIndex
        while true {
            guard let line = Self.line(&rest), rest.startIndex - start <= 8192 else { return nil }
            if line.isEmpty { break }
            guard let colon = line.firstIndex(of: 0x3a), PlainBytes.isToken(line[..<colon]) else { return nil }
            guard line[colon...].allSatisfy(PlainBytes.isText), trailers < 64 else { return nil }
            trailers += 1
        }
        length = rest.startIndex
    }

    /// Takes a line, its CR LF too; nil when there is none, or a CR or LF by itself in it.
    private static func line(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(where: { $0 == 13 || $0 == 10 }), rest[end...].starts(with: [13, 10]) else { return nil }
        defer { rest = rest[(end + 2)...] }
        return rest[..<end]
    }

    /// `*( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )`
    private static func areExtensions(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            guard take(0x3b, &rest), takeToken(&rest) else { return false }
            guard take(0x3d, &rest) else { continue }
            rest = rest.drop(while: PlainBytes.isSpace)
            guard rest.first == 0x22 ? takeQuoted(&rest) : takeToken(&rest) else { return false }
        }
        return true
    }

    /// Takes white space and `byte`, or nothing.
    private static func take(_ byte: UInt8, _ rest: inout ArraySlice<UInt8>) -> Bool {
        let next = rest.drop(while: PlainBytes.isSpace)
        guard next.first == byte else { return false }
        rest = next.dropFirst()
        return true
    }

    private static func takeToken(_ rest: inout ArraySlice<UInt8>) -> Bool {
        let start = rest.drop(while: PlainBytes.isSpace)
        rest = start.drop(while: PlainBytes.isTokenByte)
        return rest.count < start.count
    }

    private static func takeQuoted(_ rest: inout ArraySlice<UInt8>) -> Bool {
        rest = rest.dropFirst()
        while let byte = rest.popFirst() {
            if byte == 0x22 { return true }
            guard PlainBytes.isText(byte) else { return false }
            if byte == 0x5c {
                guard let next = rest.popFirst(), PlainBytes.isText(next) else { return false }
            }
        }
        return false
    }
}
