import SecretMemory

/// Finds the values of a JSON text (RFC 8259) without copying any: nodes in the order of the text, each followed by what is within it;
/// members of an object alternate between name and value.
///
/// Stricter than Vault's own reader: nothing may follow the document. At most 16 levels and 262 144 values.
struct JSONScanner {
    private static let mostLevels = 16
    private static let mostNodes = 262_144

    private var nodes: [JSONNode] = []
    private var position = 0

    /// The nodes of `text`, the whole document's first; `nil` where it is no JSON document or beyond the limits.
    static func nodes(of text: RawSpan) -> [JSONNode]? {
        var scanner = JSONScanner()
        guard scanner.value(text, level: 0) else { return nil }
        scanner.skipSpace(text)
        return scanner.position == text.byteCount ? scanner.nodes : nil
    }

    private mutating func value(_ text: RawSpan, level: Int) -> Bool {
        skipSpace(text)
        guard level < Self.mostLevels, nodes.count < Self.mostNodes, let byte = peek(text) else { return false }
        switch byte {
        case UInt8(ascii: "{"): return container(text, .object, close: UInt8(ascii: "}"), level)
        case UInt8(ascii: "["): return container(text, .array, close: UInt8(ascii: "]"), level)
        case UInt8(ascii: "\""): return string(text)
        case UInt8(ascii: "t"): return word(text, "true", .true)
        case UInt8(ascii: "f"): return word(text, "false", .false)
        case UInt8(ascii: "n"): return word(text, "null", .null)
        default: return number(text)
        }
    }

    private mutating func container(_ text: RawSpan, _ kind: JSONNode.Kind, close: UInt8, _ level: Int) -> Bool {
        let index = nodes.count
        nodes.append(JSONNode(kind: kind, start: position, end: 0, next: 0))
        position += 1
        skipSpace(text)
        var isFirst = true
        while let byte = peek(text), byte != close {
            if !isFirst {
                guard byte == UInt8(ascii: ",") else { return false }
                position += 1
            }
            isFirst = false
            if kind == .object {
                skipSpace(text)
                guard peek(text) == UInt8(ascii: "\""), string(text) else { return false }
                skipSpace(text)
                guard peek(text) == UInt8(ascii: ":") else { return false }
                position += 1
            }
            guard value(text, level: level + 1) else { return false }
            skipSpace(text)
        }
        guard position < text.byteCount else { return false }
        position += 1
        nodes[index].end = position
        nodes[index].next = nodes.count
        return true
    }

    private mutating func string(_ text: RawSpan) -> Bool {
        position += 1
        let start = position
        while let byte = peek(text) {
            switch byte {
            case UInt8(ascii: "\""):
                append(.string, from: start)
                position += 1
                return true
            case UInt8(ascii: "\\"): position += 2  // what follows is looked at where the string is taken out
            case 0..<32: return false
            default: position += 1
            }
        }
        return false
    }

    private mutating func number(_ text: RawSpan) -> Bool {
        let start = position
        while let byte = peek(text), (48...57).contains(byte) || [43, 45, 46, 69, 101].contains(byte) { position += 1 }
        guard position > start else { return false }
        append(.number, from: start)
        return true
    }

    private mutating func word(_ text: RawSpan, _ word: String, _ kind: JSONNode.Kind) -> Bool {
        let start = position
        for letter in word.utf8 {
            guard peek(text) == letter else { return false }
            position += 1
        }
        append(kind, from: start)
        return true
    }

    private mutating func append(_ kind: JSONNode.Kind, from start: Int) {
        nodes.append(JSONNode(kind: kind, start: start, end: position, next: nodes.count + 1))
    }

    private mutating func skipSpace(_ text: RawSpan) {
        while let byte = peek(text), [32, 9, 10, 13].contains(byte) { position += 1 }
    }

    private func peek(_ text: RawSpan) -> UInt8? {
        position < text.byteCount ? unsafe text.unsafeLoad(fromByteOffset: position, as: UInt8.self) : nil
    }
}
