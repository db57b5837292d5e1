import Foundation
import SecretMemory

/// A request to the demo provider, as much of it as it looks at.
struct DemoRequest {
    /// What reading some bytes came to.
    enum Parsed {
        case incomplete
        case malformed
        /// How many bytes the request takes.
        case complete(DemoRequest, Int)
    }

    var method: String
    var path: String
    /// From `Authorization: Bearer` or `x-api-key`; wiped by ``wipeCredential()``.
    private(set) var credential: [UInt8]
    /// `model` of a JSON body, or a name of our own.
    var model: String
    /// `stream` of a JSON body.
    var wantsStream: Bool

    /// Most bytes of a head, and of a body.
    private static let headLimit = 1 << 16
    private static let bodyLimit = 1 << 20

    /// Reads one request with a `Content-Length` or without a body; this is no general server.
    static func parse(_ bytes: [UInt8]) -> Parsed {
        guard let end = headEnd(bytes) else { return bytes.count > headLimit ? .malformed : .incomplete }
        let lines = bytes[..<end].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
        let words = lines.first?.split(separator: UInt8(ascii: " ")) ?? []
        guard words.count == 3 else { return .malformed }
        var request = DemoRequest(
            method: String(decoding: words[0], as: UTF8.self), path: path(words[1]), credential: [], model: "demo", wantsStream: false)
        var length = 0
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let value = trimmed(line[line.index(after: colon)...])
            switch String(decoding: line[..<colon], as: UTF8.self).lowercased() {
            case "authorization" where value.count > 7: request.credential = Array(value.dropFirst(7))
            case "x-api-key": request.credential = Array(value)
            case "transfer-encoding": return .malformed
            case "content-length":
                guard let number = Int(String(decoding: value, as: UTF8.self)), (0...bodyLimit).contains(number) else { return .malformed }
                length = number
            default: break
            }
        }
        let total = end + 4 + length
        guard bytes.count >= total else {
            request.wipeCredential()
            return .incomplete
        }
        if let body = try? JSONSerialization.jsonObject(with: Data(bytes[(end + 4)..<total])) as? [String: Any] {
            request.model = (body["model"] as? String).map { String($0.prefix(100)) } ?? request.model
            request.wantsStream = body["stream"] as? Bool ?? false
        }
        return .complete(request, total)
    }

    mutating func wipeCredential() {
        wipe(&credential)
        credential = []
    }

    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (0...(bytes.count - 4)).first { Array(bytes[$0..<$0 + 4]) == [13, 10, 13, 10] }
    }

    private static func path(_ target: ArraySlice<UInt8>) -> String {
        String(decoding: target.prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self)
    }

    private static func trimmed(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var value = value
        while let first = value.first, [32, 9].contains(first) { value = value.dropFirst() }
        while let last = value.last, [32, 9, 13].contains(last) { value = value.dropLast() }
        return value
    }
}
