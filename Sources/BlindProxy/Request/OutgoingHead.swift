import HTTPWire

/// Writes the head that goes to the upstream: the client's, less what must not travel, plus the key.
struct OutgoingHead {
    /// The client's head, parsed from the bytes handed to `write`.
    let head: RequestHead
    let path: AliasPath
    let target: UpstreamTarget
    /// The `key` parameter carried the token.
    let tokenIsInQuery: Bool
    /// The handshake the request makes.
    var offer: WebSocketOffer?

    /// Fields that never pass, whatever they hold.
    private static let dropped: HeaderNameSet = [
        .hopByHop, .credentials, .forwarding, .browser, .overrides,
        HeaderNameSet(names: [.host, .contentLength, .expect, .acceptEncoding, .tacit, .accessControl, .secWebSocket]),
    ]

    /// Bytes the head needs at most, with a key of `keyCount` bytes.
    func capacity(keyCount: Int) -> Int {
        head.length + head.headers.fields.count + target.host.count + target.basePath.count + target.injectedCount(keyCount: keyCount) + 128
            + (offer?.capacity ?? 0)
    }

    /// Writes the whole head, its empty line included.
    /// - Parameters:
    ///   - bytes: what the client's head was parsed from.
    ///   - key: K; copied to the writer's memory and nowhere else.
    /// - Throws: `.outputFull` where the memory is smaller than `capacity(keyCount:)`; `.controlByte` where the key holds a byte that no
    ///   head may hold.
    func write(_ bytes: Span<UInt8>, key: Span<UInt8>, to writer: inout ByteWriter) throws(HTTPWireError) {
        for index in key.indices where key[index] < 0x20 || key[index] == 0x7f { throw .controlByte }
        let (basePath, host) = (target.basePath, target.host)
        writer.append(bytes, head.methodName)
        writer.append(" ")
        writer.append(basePath.span)
        writer.append(bytes, path.rest)
        if basePath.isEmpty && path.rest.isEmpty { writer.append("/") }
        writeQuery(bytes, key, &writer)
        writer.append(" HTTP/1.1\r\nHost: ")
        writer.append(host.span)
        writer.append("\r\n")
        writeInjected(key, &writer)
        for field in head.headers.fields where passes(field, bytes) { writer.append(field, of: bytes) }
        writer.append("Accept-Encoding: identity\r\n")
        writer.append(head.framing)
        if head.expectsContinue { writer.append("Expect: 100-continue\r\n") }
        offer?.write(to: &writer)
        writer.append("\r\n")
        guard !writer.isOverflowed else { throw .outputFull }
    }

    private func passes(_ field: HeaderField, _ bytes: Span<UInt8>) -> Bool {
        guard !Self.dropped.contains(field.kind), !field.isNominated else { return false }
        guard field.name.count == target.injectedName.count else { return true }
        for index in target.injectedName.indices {
            let byte = bytes[field.name.lowerBound + index]
            if ((65...90).contains(byte) ? byte | 32 : byte) != target.injectedName[index] { return true }
        }
        return false
    }

    private func writeInjected(_ key: Span<UInt8>, _ writer: inout ByteWriter) {
        switch target.place {
        case .header(let name, let prefix, let suffix):
            writer.append(name.span)
            writer.append(": ")
            writer.append(prefix.span)
            writer.append(key)
            writer.append(suffix.span)
            writer.append("\r\n")
        case .query: break
        case .basic(let prefix):
            writer.append("authorization: Basic ")
            Base64.write(prefix.span, key, to: &writer)
            writer.append("\r\n")
        }
    }

    /// The client's query less the token and less a parameter of the injected name, then the key.
    private func writeQuery(_ bytes: Span<UInt8>, _ key: Span<UInt8>, _ writer: inout ByteWriter) {
        var injected: [UInt8]?
        if case .query(let name) = target.place { injected = name }
        var isFirst = true
        if let query = head.target.query {
            var scanner = QueryScanner(query)
            while let parameter = scanner.next(bytes) {
                if tokenIsInQuery && Self.reads(bytes, parameter.name, Array("key".utf8)) { continue }
                if let injected, Self.reads(bytes, parameter.name, injected) { continue }
                writer.append(isFirst ? UInt8(ascii: "?") : UInt8(ascii: "&"))
                writer.append(bytes, parameter.whole)
                isFirst = false
            }
        }
        guard let injected else { return }
        writer.append(isFirst ? UInt8(ascii: "?") : UInt8(ascii: "&"))
        writer.append(injected.span)
        writer.append("=")
        PercentEncoder.write(key, to: &writer)
    }

    /// Whether a parameter's name, decoded, is `name`.
    private static func reads(_ bytes: Span<UInt8>, _ range: ByteRange, _ name: [UInt8]) -> Bool {
        guard range.count >= name.count, range.count <= 3 * name.count else { return false }
        var decoded = [UInt8](repeating: 0, count: range.count)
        let count = unsafe decoded.withUnsafeMutableBytes { memory in
            var writer = unsafe ByteWriter(memory)
            PercentDecoder.decode(bytes, range, plusIsSpace: true, to: &writer)
            return writer.count
        }
        return decoded.prefix(count).elementsEqual(name)
    }
}
