/// That the KEK goes, or went, from one custody to another: what a broker that is started with either of the two has to know.
package struct CustodyMove: Hashable, Sendable {
    package let from: String
    package let to: String
    /// Whether nothing needs the old one any more.
    package let isFinished: Bool

    package init(from: String, to: String, isFinished: Bool) {
        self.from = from
        self.to = to
        self.isFinished = isFinished
    }

    private static let header = "# tacit kek move v1"

    /// Four lines: the header, `from URI`, `to URI`, and `moving` or `finished`.
    init?(parsing text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 5, lines[0] == Self.header, lines[1].hasPrefix("from "), lines[2].hasPrefix("to "), lines[4].isEmpty,
            lines[3] == "moving" || lines[3] == "finished"
        else { return nil }
        self.init(from: String(lines[1].dropFirst(5)), to: String(lines[2].dropFirst(3)), isFinished: lines[3] == "finished")
    }

    /// - Returns: `nil` where a URI would break the form.
    var text: String? {
        guard [from, to].allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 32 && $0 != 127 } }) else { return nil }
        return "\(Self.header)\nfrom \(from)\nto \(to)\n\(isFinished ? "finished" : "moving")\n"
    }
}
