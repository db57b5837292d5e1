import Glibc

/// Opens connections, keeps a stream on each, and reports. A line `{"event": "open"}` goes out when every connection has its first frame.
struct StreamLoad: ~Copyable {
    /// Stream numbers of one connection.
    private static let idsPerConnection: UInt64 = 1 << 32
    /// How long running streams may take to end after their time, in seconds.
    private static let graceSeconds: UInt64 = 15

    /// How long all streams are open before the latency of their frames counts.
    private static let settlingNanoseconds = MonotonicClock.nanosecondsPerSecond

    private let options: LoadOptions
    private let poller: Poller
    private var connections: [Int32: LoadConnection] = [:]
    private var opened = 0
    private var report = LoadReport()
    private var scratch = [UInt8](repeating: 0, count: 65_536)

    init(_ options: LoadOptions) throws(LoadError) {
        self.options = options
        poller = try Poller()
    }

    /// - Returns: whether every stream was as it should be.
    consuming func run() throws(LoadError) -> Bool {
        let start = MonotonicClock.nanoseconds
        let streamTime = UInt64(options.frames) * UInt64(options.intervalMilliseconds) * MonotonicClock.nanosecondsPerMillisecond
        let over = start + UInt64(options.seconds) * MonotonicClock.nanosecondsPerSecond
        var openSince: UInt64?
        while true {
            let now = MonotonicClock.nanoseconds
            if opened < options.connections, now < over { try open(now - start) }
            for descriptor in poller.wait(milliseconds: opened < options.connections ? 1 : 50) { advance(descriptor, mayAsk: now < over) }
            report.isSteady = openSince.map { now - $0 > Self.settlingNanoseconds } ?? false
            if openSince == nil, opened == options.connections, connections.values.allSatisfy({ $0.hasStarted }) {
                openSince = now
                TacitLoad.write(text: "{\"event\": \"open\", \"connections\": \(connections.count)}\n", to: 1)
            }
            if connections.isEmpty, opened == options.connections || now >= over { break }
            if now > over + streamTime + Self.graceSeconds * MonotonicClock.nanosecondsPerSecond { break }
        }
        for connection in connections.values { connection.abandon(&report) }
        let seconds = Double(MonotonicClock.nanoseconds - start) / 1e9
        TacitLoad.write(text: report.json(seconds: seconds), to: 1)
        return report.isClean && opened == options.connections
    }

    private mutating func open(_ elapsed: UInt64) throws(LoadError) {
        let due = Int(elapsed * UInt64(options.ramp) / MonotonicClock.nanosecondsPerSecond) + 1
        while opened < (options.ramp == 0 ? options.connections : min(due, options.connections)) {
            let descriptor = try Descriptors.connecting(port: options.port)
            let first = UInt64(opened) * Self.idsPerConnection
            connections[descriptor] = LoadConnection(descriptor, options: options, ids: first..<(first + Self.idsPerConnection))
            try poller.add(descriptor)
            opened += 1
        }
    }

    private mutating func advance(_ descriptor: Int32, mayAsk: Bool) {
        guard let connection = connections[descriptor] else { return }
        connection.advance(scratch: &scratch, report: &report, mayAsk: mayAsk)
        if connection.phase == .finished { connections[descriptor] = nil }
    }
}
