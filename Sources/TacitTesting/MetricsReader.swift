/// Why a text is no page of metrics; the line is the one that broke a rule, or what is missing.
package struct MetricsFault: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// Reads the Prometheus text format 0.0.4 as strictly as its words allow, written apart from the code under test: every family has its
/// help and type, stands together and comes once; no series twice; buckets ascend, add up, and end in `+Inf`.
package struct MetricsReader {
    /// Label values by name.
    package typealias Labels = [String: String]

    private struct Series: Hashable {
        let name: String
        let labels: Labels
    }

    /// Types by family.
    package private(set) var types: [String: String] = [:]
    private var values: [Series: Double] = [:]
    /// Bounds and cumulative counts of the histogram that is being read.
    private var buckets: [(bound: Double, count: Double)] = []

    /// - Throws: `MetricsFault` for the first line that breaks a rule.
    package init(_ text: String) throws(MetricsFault) {
        guard text.hasSuffix("\n") else { throw MetricsFault("the last line does not end") }
        var family = ""
        var helped = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if line.hasPrefix("# HELP ") {
                try finish(family)
                helped = String(line.dropFirst(7).prefix { $0 != " " })
                guard Self.isName(helped), types[helped] == nil else { throw MetricsFault("\(line)") }
                _ = try Self.unescaped(line.dropFirst(8 + helped.count), quotes: false)
                family = ""
            } else if line.hasPrefix("# TYPE ") {
                let words = line.dropFirst(7).split(separator: " ", omittingEmptySubsequences: false)
                guard words.count == 2, words[0] == helped, ["counter", "gauge", "histogram"].contains(words[1]) else {
                    throw MetricsFault("\(line)")
                }
                guard words[1] != "counter" || helped.hasSuffix("_total") else { throw MetricsFault("a counter's name: \(line)") }
                family = helped
                helped = ""
                types[family] = String(words[1])
            } else {
                try sample(line, of: family)
            }
        }
        try finish(family)
    }

    /// A series' value; `nil` where there is none with exactly these labels.
    package func value(_ name: String, _ labels: Labels = [:]) -> Double? { values[Series(name: name, labels: labels)] }

    /// The sum over the series that have at least these labels.
    package func sum(_ name: String, _ labels: Labels = [:]) -> Double {
        values.reduce(0) { total, entry in
            let matches = entry.key.name == name && labels.allSatisfy { entry.key.labels[$0.key] == $0.value }
            return matches ? total + entry.value : total
        }
    }

    /// How many series a name has.
    package func count(_ name: String) -> Int { values.keys.count { $0.name == name } }

    private mutating func sample(_ line: Substring, of family: String) throws(MetricsFault) {
        guard let type = types[family] else { throw MetricsFault("a sample outside a family: \(line)") }
        let name = String(line.prefix { $0 != "{" && $0 != " " })
        var rest = line.dropFirst(name.count)
        var labels: Labels = [:]
        if rest.first == "{" { (labels, rest) = try Self.labels(rest, line) }
        guard rest.first == " ", let value = Self.number(rest.dropFirst()), value >= 0 else { throw MetricsFault("\(line)") }
        let suffix = name.hasPrefix(family) ? String(name.dropFirst(family.count)) : "?"
        guard (type == "histogram" ? ["_bucket", "_sum", "_count"] : [""]).contains(suffix) else {
            throw MetricsFault("not of \(family): \(line)")
        }
        guard (suffix == "_bucket") == (labels["le"] != nil) else { throw MetricsFault("\(line)") }
        if let bound = labels["le"] {
            guard let bound = Self.number(Substring(bound)), bound > buckets.last?.bound ?? -.infinity, value >= buckets.last?.count ?? 0
            else { throw MetricsFault("buckets: \(line)") }
            buckets.append((bound, value))
        }
        guard values.updateValue(value, forKey: Series(name: name, labels: labels)) == nil else { throw MetricsFault("twice: \(line)") }
    }

    /// A histogram is there as a whole.
    private mutating func finish(_ family: String) throws(MetricsFault) {
        guard types[family] == "histogram" else { return }
        guard let last = buckets.last, last.bound == .infinity, last.count == value(family + "_count"), value(family + "_sum") != nil else {
            throw MetricsFault("\(family) is no whole histogram")
        }
        buckets = []
    }

    private static func labels(_ text: Substring, _ line: Substring) throws(MetricsFault) -> (Labels, Substring) {
        var labels: Labels = [:]
        var rest = text.dropFirst()
        while rest.first != "}" {
            let name = String(rest.prefix { $0 != "=" })
            guard isName(name), !name.contains(":"), !name.hasPrefix("__"), rest.dropFirst(name.count).hasPrefix("=\"") else {
                throw MetricsFault("\(line)")
            }
            rest = rest.dropFirst(name.count + 2)
            var end = rest.startIndex
            while end < rest.endIndex, rest[end] != "\"" {
                if rest[end] == "\\" { end = rest.index(after: end) }
                guard end < rest.endIndex else { throw MetricsFault("\(line)") }
                end = rest.index(after: end)
            }
            guard end < rest.endIndex, labels.updateValue(try unescaped(rest[..<end], quotes: true), forKey: name) == nil else {
                throw MetricsFault("\(line)")
            }
            rest = rest[end...].dropFirst()
            guard rest.first == "," || rest.first == "}" else { throw MetricsFault("\(line)") }
            if rest.first == "," { rest = rest.dropFirst() }
        }
        return (labels, rest.dropFirst())
    }

    private static func unescaped(_ text: Substring, quotes: Bool) throws(MetricsFault) -> String {
        var out = ""
        var isEscape = false
        for character in text {
            if isEscape {
                switch character {
                case "\\": out.append("\\")
                case "n": out.append("\n")
                case "\"" where quotes: out.append("\"")
                default: throw MetricsFault("an escape: \(text)")
                }
                isEscape = false
            } else if character == "\\" {
                isEscape = true
            } else {
                out.append(character)
            }
        }
        guard !isEscape else { throw MetricsFault("an escape: \(text)") }
        return out
    }

    private static func isName(_ text: String) -> Bool {
        text.first?.isNumber == false
            && text.unicodeScalars.allSatisfy { $0.isASCII && ($0.properties.isAlphabetic || "0"..."9" ~= $0 || $0 == "_" || $0 == ":") }
    }

    private static func number(_ text: Substring) -> Double? {
        if text == "+Inf" { return .infinity }
        guard text.utf8.allSatisfy({ "0123456789.eE+-".utf8.contains($0) }) else { return nil }
        return Double(text)
    }
}
