import SecretMemory

/// A JSON document that is read in place, in guarded memory where it holds a secret. Looking something up copies what was asked for and
/// nothing else; a member that is missing, or of another kind, is `nil`.
final class JSONText: Sendable {
    private let plain: [UInt8]
    private let secret: SecretBytes?
    private let nodes: [JSONNode]

    /// - Returns: `nil` where the bytes are no JSON document.
    init?(_ bytes: [UInt8]) {
        guard let nodes = unsafe JSONScanner.nodes(of: bytes.span.bytes) else { return nil }
        self.nodes = nodes
        plain = bytes
        secret = nil
    }

    /// Keeps the text in guarded memory.
    /// - Returns: `nil` where the bytes are no JSON document.
    init?(_ secret: consuming SecretBytes) {
        guard let nodes = secret.withBytes({ JSONScanner.nodes(of: $0) }) else { return nil }
        self.nodes = nodes
        plain = []
        self.secret = consume secret
    }

    /// The whole document.
    var root: JSONNode? { nodes.first }

    /// The value of an object's first member of that name.
    func member(_ name: String, of node: JSONNode?) -> JSONNode? {
        guard let node, node.kind == .object else { return nil }
        return withBytes { text in
            var index = self.index(of: node) + 1
            while index < node.next, index + 1 < nodes.count {
                let key = nodes[index]
                if Self.equals(text.extracting(key.start..<key.end), name) { return nodes[index + 1] }
                index = nodes[index + 1].next
            }
            return nil
        }
    }

    /// The value at the end of a path of names, from the document's root.
    func value(_ path: String...) -> JSONNode? {
        path.reduce(root) { member($1, of: $0) }
    }

    /// An object's names and values, or the values of an array under empty names; `nil` for anything else.
    func children(of node: JSONNode?) -> [(name: String, value: JSONNode)]? {
        guard let node, node.kind == .object || node.kind == .array else { return nil }
        var children: [(String, JSONNode)] = []
        var index = self.index(of: node) + 1
        while index < node.next {
            let name = node.kind == .object ? string(nodes[index]) ?? "" : ""
            if node.kind == .object { index += 1 }
            guard index < nodes.count else { break }
            children.append((name, nodes[index]))
            index = nodes[index].next
        }
        return children
    }

    /// A string's content as text that is not secret.
    func string(_ node: JSONNode?) -> String? {
        guard let node, node.kind == .string else { return nil }
        return withBytes { text in
            var content: [UInt8] = []
            guard JSONString.decode(text.extracting(node.start..<node.end), { content.append($0) }) else { return nil }
            return String(decoding: content, as: UTF8.self)
        }
    }

    /// A string's content in guarded memory; `nil` also for the empty one.
    func secretString(_ node: JSONNode?) -> SecretBytes? {
        guard let node, node.kind == .string else { return nil }
        return withBytes { text in
            let text = text.extracting(node.start..<node.end)
            var count = 0
            guard JSONString.decode(text, { _ in count += 1 }), count > 0 else { return nil }
            return SecretBytes(count: count) { out in
                unsafe out.withUnsafeMutableBytes { out in
                    var position = 0
                    _ = JSONString.decode(text) { byte in
                        unsafe out[position] = byte
                        position += 1
                    }
                }
            }
        }
    }

    /// Lends a string's raw characters, for text that has no escapes in it (base64).
    func withCharacters<R: ~Copyable>(of node: JSONNode?, _ body: (RawSpan) -> R?) -> R? {
        guard let node, node.kind == .string else { return nil }
        return withBytes { body($0.extracting(node.start..<node.end)) }
    }

    /// A whole number that fits.
    func integer(_ node: JSONNode?) -> Int? {
        guard let node, node.kind == .number, node.end - node.start <= 20 else { return nil }
        return withBytes { text in Int(String(decoding: Self.bytes(text.extracting(node.start..<node.end)), as: UTF8.self)) }
    }

    func boolean(_ node: JSONNode?) -> Bool? {
        switch node?.kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    private func index(of node: JSONNode) -> Int {
        var low = 0
        var high = nodes.count
        while low < high {
            let middle = (low + high) / 2
            if nodes[middle].start < node.start { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func withBytes<R: ~Copyable>(_ body: (RawSpan) -> R?) -> R? {
        if secret != nil { return secret?.withBytes { body($0) } ?? nil }
        var result: R?
        unsafe plain.withUnsafeBytes { unsafe result = body($0.bytes) }
        return result
    }

    private static func bytes(_ text: RawSpan) -> [UInt8] { unsafe text.withUnsafeBytes { unsafe Array($0) } }

    private static func equals(_ text: RawSpan, _ name: String) -> Bool {
        guard text.byteCount == name.utf8.count else { return false }
        return zip(0..., name.utf8).allSatisfy { unsafe text.unsafeLoad(fromByteOffset: $0, as: UInt8.self) == $1 }
    }
}
