import Glibc

/// How far something is, on one line of standard error that is written over; nothing where that is no terminal.
struct ProgressBar: ~Copyable {
    private let label: String
    /// Whether there is a terminal to show it on, and it is wanted.
    let isVisible: Bool
    private var shown = ""

    private static let cells = 30

    /// - Parameter isQuiet: for `--json`.
    init(_ label: String, isQuiet: Bool = false) {
        self.label = label
        isVisible = !isQuiet && isatty(STDERR_FILENO) == 1
    }

    /// - Parameter note: what stands behind the bar; empty for nothing.
    mutating func show(_ done: UInt64, of total: UInt64, note: String = "") {
        guard isVisible else { return }
        let text = Self.text(label, done, of: total, note: note)
        guard text != shown else { return }
        shown = text
        write("\r\u{1B}[K" + text)
    }

    /// Takes the line away.
    mutating func end() {
        guard isVisible, !shown.isEmpty else { return }
        shown = ""
        write("\r\u{1B}[K")
    }

    /// The line: label, bar, share and numbers.
    static func text(_ label: String, _ done: UInt64, of total: UInt64, note: String) -> String {
        let share = total == 0 ? 1 : min(1, Double(done) / Double(total))
        let full = Int(share * Double(cells))
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: cells - full)
        let percent = Int(share * 100)
        return "\(label) \(bar) \(percent) % (\(done) of \(total))\(note.isEmpty ? "" : ", \(note)")"
    }

    private func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
