import Model

/// Compares the call's path, after its alias, with a prefix given as plain bytes. `denying` asks for the generous comparison that a
/// deny-list needs (case-blind, encoded slashes are slashes), else for the strict one of an allow-list.
package typealias PathMatcher = (_ prefix: Span<UInt8>, _ denying: Bool) -> Bool

/// Path prefixes as bytes, one after the other.
struct PathRules: Sendable {
    private let bytes: [UInt8]
    /// Where each prefix ends.
    private let ends: [Int]

    init(_ prefixes: [PathPrefix]) {
        var bytes: [UInt8] = []
        ends = prefixes.map { prefix in
            bytes += prefix.text.utf8
            return bytes.count
        }
        self.bytes = bytes
    }

    var isEmpty: Bool { ends.isEmpty }

    /// Whether the path is one of the prefixes or lies below one.
    func cover(_ path: PathMatcher, denying: Bool) -> Bool {
        var start = 0
        for end in ends {
            if path(bytes.span.extracting(start..<end), denying) { return true }
            start = end
        }
        return false
    }
}
