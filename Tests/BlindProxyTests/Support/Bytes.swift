import HTTPWire

@testable import BlindProxy

/// Parses a request head that a test wrote.
func parsedRequest(_ text: String) throws -> (head: RequestHead, bytes: [UInt8]) {
    let bytes = Array(text.utf8)
    var head = RequestHead()
    try head.parse(bytes.span)
    return (head, bytes)
}

/// Parses a response head that a test wrote.
func parsedResponse(_ text: String, to method: HTTPMethod = .get) throws -> (head: ResponseHead, bytes: [UInt8]) {
    let bytes = Array(text.utf8)
    var head = ResponseHead()
    try head.parse(bytes.span, to: method)
    return (head, bytes)
}

/// What `body` writes, as text.
func written(capacity: Int = 65_536, _ body: (inout ByteWriter) throws -> Void) rethrows -> String {
    var memory = [UInt8](repeating: 0, count: capacity)
    let count = try unsafe memory.withUnsafeMutableBytes { memory in
        var writer = unsafe ByteWriter(memory)
        try body(&writer)
        return writer.count
    }
    return String(decoding: memory[..<count], as: UTF8.self)
}
