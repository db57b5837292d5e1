import Foundation
import Testing

/// One case of a file in Tests/Vectors/http; the keys are explained in the README there.
struct HTTPVector: Sendable, CustomTestStringConvertible {
    struct Malformed: Error { let file: String, line: Int, reason: String }

    static let keys: Set<String> = [
        "name", "source", "expect", "to", "method", "path", "query", "host", "port", "status", "reason", "headers", "value", "nominated",
        "framing", "keep-alive", "continue", "websocket", "interim", "body", "complete", "rest", "trailers", "slashes", "input",
    ]

    private(set) var fields: [(key: String, value: String)] = []
    private(set) var input: [UInt8] = []
    private(set) var body: [UInt8]?

    var name: String { self["name"] ?? "" }
    var expect: String { self["expect"] ?? "" }
    var testDescription: String { name }

    subscript(key: String) -> String? { fields.first { $0.key == key }?.value }

    /// The cases of every file whose name begins with `kind`, such as `requests`: each with a name of its own, a source, an
    /// expectation and an input.
    static func load(_ kind: String) throws -> [HTTPVector] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Vectors/http")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        var vectors: [HTTPVector] = []
        for file in files.sorted() where file.hasPrefix(kind) && file.hasSuffix(".vec") {
            try read(try String(contentsOf: folder.appending(path: file), encoding: .utf8), file, into: &vectors)
        }
        return vectors
    }

    private static func read(_ text: String, _ file: String, into vectors: inout [HTTPVector]) throws {
        var current = HTTPVector()
        for (index, line) in (text.components(separatedBy: "\n") + [""]).enumerated() {
            if line.hasPrefix("#") { continue }
            if line.isEmpty {
                guard !current.fields.isEmpty else { continue }
                guard !current.name.isEmpty, !current.expect.isEmpty, current["input"] != nil else {
                    throw Malformed(file: file, line: index, reason: "name, expect or input is missing")
                }
                guard current["source"]?.wholeMatch(of: /(RFC \d+|WHATWG [A-Z]+) \d+(\.\d+)*/) != nil else {
                    throw Malformed(file: file, line: index, reason: "source names no section")
                }
                guard !vectors.contains(where: { $0.name == current.name }) else {
                    throw Malformed(file: file, line: index, reason: "the name is taken")
                }
                vectors.append(current)
                current = HTTPVector()
                continue
            }
            guard let colon = line.firstIndex(of: ":"), keys.contains(String(line[..<colon])) else {
                throw Malformed(file: file, line: index + 1, reason: "unknown key")
            }
            let rest = line[line.index(after: colon)...]
            try current.set(String(line[..<colon]), String(rest.hasPrefix(" ") ? rest.dropFirst() : rest))
        }
    }

    private mutating func set(_ key: String, _ value: String) throws {
        fields.append((key, value))
        switch key {
        case "input": input += try Self.unescape(Array(value.utf8)[...])
        case "body": body = try Self.unescape(Array(value.utf8)[...])
        default: break
        }
    }

    /// Resolves `\r \n \t \0 \\ \xHH \{N:TEXT}`.
    static func unescape(_ text: ArraySlice<UInt8>) throws -> [UInt8] {
        var result: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "r"): result.append(13)
            case UInt8(ascii: "n"): result.append(10)
            case UInt8(ascii: "t"): result.append(9)
            case UInt8(ascii: "0"): result.append(0)
            case UInt8(ascii: "\\"): result.append(UInt8(ascii: "\\"))
            case UInt8(ascii: "x"):
                let digits = String(decoding: rest.prefix(2), as: UTF8.self)
                result.append(try #require(UInt8(digits, radix: 16)))
                rest = rest.dropFirst(2)
            case UInt8(ascii: "{"):
                let colon = try #require(rest.firstIndex(of: UInt8(ascii: ":")))
                let end = try #require(rest.lastIndexOfClosingBrace(after: colon))
                let count = try #require(Int(String(decoding: rest[..<colon], as: UTF8.self)))
                let piece = try unescape(rest[(colon + 1)..<end])
                for _ in 0..<count { result += piece }
                rest = rest[(end + 1)...]
            default: throw Malformed(file: "", line: 0, reason: "unknown escape")
            }
        }
        return result
    }
}

extension ArraySlice<UInt8> {
    /// The brace that closes the one before `start`, others within counted.
    fileprivate func lastIndexOfClosingBrace(after start: Int) -> Int? {
        var depth = 1
        for index in start..<endIndex {
            if self[index] == UInt8(ascii: "{") { depth += 1 }
            if self[index] == UInt8(ascii: "}") { depth -= 1 }
            if depth == 0 { return index }
        }
        return nil
    }
}
