import Model

/// Compares the call's path, after its alias, with a prefix given as plain bytes. `denying` asks for the generous comparison that a
/// deny-list needs (case-blind, encoded slashes are slashes), else for the strict one of an allow-list.
package typealias PathMatcher = (_ prefix: Span<UInt8>, _ denying: Bool) -> Bool

/// Path prefixes as bytes.
struct PathRules: Sendable {
    private let prefixes: [[UInt8]]

    init(_ prefixes: [PathPrefix]) {
        self.prefixes = prefixes.map { Array($0.text.utf8) }
    }

    var isEmpty: Bool { prefixes.isEmpty }

    /// Whether the path is one of the prefixes or lies below one.
    func cover(_ path: PathMatcher, denying: Bool) -> Bool {
        for prefix in prefixes where path(prefix.span, denying) { return true }
        return false
    }
}
