import Model

/// How far a renewal is: a bar on a terminal, or a line of JSON a key.
final class RenewalProgress {
    private struct Line: Encodable {
        var alias: Alias
        var done: Int
        var total: Int
    }

    private let json: Bool
    private var bar: ProgressBar
    private var done = 0

    init(json: Bool) {
        self.json = json
        bar = ProgressBar("Encrypting anew", isQuiet: json)
    }

    /// A key is ready. After the last one it begins again: the account changed meanwhile.
    func show(_ alias: Alias, of total: Int) {
        done = done % total + 1
        bar.show(UInt64(done), of: UInt64(total), note: alias.text)
        if json { try? Output.json(Line(alias: alias, done: done, total: total)) }
    }

    /// Takes the bar away, for other words.
    func pause() { bar.end() }
}
