/// The least HTTP a test needs, written apart from the code under test.
enum RawMessage {
    static func headEnd(_ bytes: some Collection<UInt8>) -> Int? {
        let all = Array(bytes)
        guard all.count >= 4 else { return nil }
        return (0...(all.count - 4)).first { Array(all[$0..<$0 + 4]) == [13, 10, 13, 10] }.map { $0 + 4 }
    }

    static func fields(_ head: String) -> [(name: String, value: String)] {
        head.split(separator: "\r\n").dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return (parts[0].lowercased(), parts.count == 2 ? String(parts[1].drop { $0 == " " }) : "")
        }
    }

    /// Removes chunk framing; `nil` while the last chunk is missing. Returns how many bytes it took.
    static func unchunk(_ bytes: [UInt8]) -> (body: [UInt8], taken: Int)? {
        var body: [UInt8] = []
        var at = 0
        while true {
            guard let end = bytes[at...].indices.first(where: { $0 + 1 < bytes.count && bytes[$0] == 13 && bytes[$0 + 1] == 10 }),
                let size = Int(String(decoding: bytes[at..<end], as: UTF8.self), radix: 16)
            else { return nil }
            guard bytes.count >= end + 2 + size + 2 else { return nil }
            body += bytes[(end + 2)..<(end + 2 + size)]
            at = end + 2 + size + 2
            if size == 0 { return (body, at) }
        }
    }

    static func takeRequest(_ bytes: inout [UInt8]) -> TestUpstream.Request? {
        guard let length = headEnd(bytes) else { return nil }
        let head = String(decoding: bytes[..<length], as: UTF8.self)
        let all = fields(head)
        let rest = Array(bytes[length...])
        if all.contains(where: { $0.name == "transfer-encoding" }) {
            guard let (body, taken) = unchunk(rest) else { return nil }
            bytes.removeFirst(length + taken)
            return TestUpstream.Request(head: head, rawBody: Array(rest[..<taken]), body: body)
        }
        let count = all.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
        guard rest.count >= count else { return nil }
        bytes.removeFirst(length + count)
        return TestUpstream.Request(head: head, rawBody: Array(rest[..<count]), body: Array(rest[..<count]))
    }
}
