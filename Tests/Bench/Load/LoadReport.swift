/// What a run found, as JSON.
struct LoadReport {
    enum Fault: String, CaseIterable { case lost, reordered, altered, truncated }

    /// Streams that ended as they should.
    var streams = 0
    /// From the request to the first frame, nanoseconds.
    var firsts: [UInt64] = []
    /// Whether all streams have been open for a while: the latency of frames from before counts only where there are no later ones.
    var isSteady = false
    /// From the making of a frame to its arrival, nanoseconds.
    private var early: [UInt64] = []
    private var steady: [UInt64] = []
    private var faults: [Fault: Int] = [:]
    private var examples: [String] = []

    /// Whether no stream did anything wrong.
    var isClean: Bool { faults.isEmpty }

    /// Counts a frame that took `nanoseconds`.
    mutating func add(frame nanoseconds: UInt64) {
        if isSteady { steady.append(nanoseconds) } else { early.append(nanoseconds) }
    }

    /// Counts a fault; the first few are kept in words.
    mutating func fail(_ fault: Fault, stream: UInt64, _ words: String) {
        faults[fault, default: 0] += 1
        if examples.count < 5 { examples.append("stream \(stream): \(words)") }
    }

    /// The report of a run over `seconds`.
    func json(seconds: Double) -> String {
        let counts = Fault.allCases.map { "\"\($0.rawValue)\": \(faults[$0] ?? 0)" }.joined(separator: ", ")
        let words = examples.map { "\"\($0.filter { $0 != "\"" && $0 != "\\" })\"" }.joined(separator: ", ")
        return """
            {"event": "report", "seconds": \(seconds), "streams": \(streams), "frames": \(early.count + steady.count), \(counts), "examples": [\(words)], \
            "first_us": \(Self.percentiles(firsts)), "frame_us": \(Self.percentiles(steady.isEmpty ? early : steady))}

            """
    }

    private static func percentiles(_ nanoseconds: [UInt64]) -> String {
        guard let largest = nanoseconds.max() else { return "null" }
        let sorted = nanoseconds.sorted()
        func at(_ share: Double) -> Double { Double(sorted[min(Int(Double(sorted.count) * share), sorted.count - 1)]) / 1000 }
        return "{\"p50\": \(at(0.5)), \"p90\": \(at(0.9)), \"p99\": \(at(0.99)), \"max\": \(Double(largest) / 1000)}"
    }
}
