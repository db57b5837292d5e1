/// What the `Connection` fields of a head say: RFC 9110 section 7.6.1, RFC 9112 section 9.3.
package struct ConnectionOptions: Sendable, Equatable {
    /// `close` is listed.
    package private(set) var close = false
    /// `keep-alive` is listed.
    package private(set) var keepAlive = false
    /// `upgrade` is listed.
    package private(set) var upgrade = false

    /// No `Connection` field.
    package init() {}

    /// Reads every `Connection` field of `headers` and marks the fields they name.
    /// - Throws: `.badConnectionOption`, `.tooManyConnectionOptions`.
    init(_ headers: inout HeaderIndex, in bytes: Span<UInt8>) throws(HTTPWireError) {
        guard headers.present.contains(.connection) else { return }
        var count = 0
        for index in headers.fields.indices where headers.fields[index].kind == .connection {
            var options = TokenList(headers.fields[index].value)
            while let option = try options.next(bytes) {
                count &+= 1
                guard count <= HeadLimits.connectionOptions else { throw .tooManyConnectionOptions }
                if bytes.equals(option, lowercase: "keep-alive") {
                    keepAlive = true
                } else if bytes.equals(option, lowercase: "close") {
                    close = true
                } else if bytes.equals(option, lowercase: "upgrade") {
                    upgrade = true
                } else {
                    try headers.nominate(option, in: bytes)
                }
            }
        }
    }
}
