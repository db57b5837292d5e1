/// Writes the Prometheus text exposition format, version 0.0.4.
///
/// One family after the other: ``family(_:_:_:)`` first, then its samples, so that what belongs together stands together. Names and help
/// are constants of ours; only label values may come from elsewhere, and are escaped.
package struct MetricsText: Sendable {
    /// The media type of ``text``.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package enum Kind: String, Sendable { case counter, gauge, histogram }

    /// A label's name and value.
    package typealias Label = (name: StaticString, value: String)

    /// What was written so far; lines that end with a line feed.
    package private(set) var text = ""
    private var name = ""

    package init() {}

    /// Begins a family; the samples that follow are its.
    /// - Parameter help: one sentence.
    package mutating func family(_ name: StaticString, _ kind: Kind, _ help: StaticString) {
        self.name = "\(name)"
        text += "# HELP \(name) \(Self.escaped("\(help)", quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
    }

    /// One sample of the family.
    package mutating func sample(_ value: UInt64, _ labels: Label...) {
        line("", labels, "\(value)")
    }

    /// One sample of the family: a span or a moment in seconds.
    package mutating func sample(nanoseconds: UInt64, _ labels: Label...) {
        line("", labels, Self.seconds(nanoseconds))
    }

    /// Buckets, sum and count of the family, in seconds.
    package mutating func histogram(_ histogram: TimeHistogram) {
        var total: UInt64 = 0
        for (bound, count) in zip(TimeHistogram.bounds, histogram.counts) {
            total &+= count
            line("_bucket", [("le", Self.seconds(bound))], "\(total)")
        }
        line("_bucket", [("le", "+Inf")], "\(histogram.count)")
        line("_sum", [], Self.seconds(histogram.sumNanoseconds))
        line("_count", [], "\(histogram.count)")
    }

    /// Adds what another one wrote.
    package mutating func append(_ other: MetricsText) { text += other.text }

    private mutating func line(_ suffix: String, _ labels: [Label], _ value: String) {
        text += name + suffix
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    /// A number of seconds, exact, without zeros at its end.
    static func seconds(_ nanoseconds: UInt64) -> String {
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        guard rest > 0 else { return "\(whole)" }
        var digits = "\(rest)"
        digits = String(repeating: "0", count: 9 - digits.count) + digits
        while digits.last == "0" { digits.removeLast() }
        return "\(whole).\(digits)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\"" where quotes: out += "\\\""
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
