import Glibc

/// A server of event streams: the query of a request says which (`stream`), how many frames of how many bytes, and the time between two.
struct StreamOrigin: ~Copyable {
    private let listener: Int32
    private let poller: Poller
    private var connections: [Int32: OriginConnection] = [:]
    private var deadlines = DeadlineHeap()
    private var generation: UInt64 = 0
    private var scratch = [UInt8](repeating: 0, count: 65_536)

    init(port: UInt16) throws(LoadError) {
        let listener = try Descriptors.listening(port: port)
        let poller = try Poller()
        try poller.add(listener)
        self.listener = listener
        self.poller = poller
    }

    /// Serves until the process is ended.
    consuming func run() throws(LoadError) {
        while true {
            for descriptor in poller.wait(milliseconds: timeout()) {
                if descriptor == listener { try accept() } else { advance(descriptor) }
            }
            let now = MonotonicClock.nanoseconds
            while let due = deadlines.pop(until: now) { tick(due) }
        }
    }

    private func timeout() -> Int32 {
        guard let first = deadlines.first else { return 1000 }
        let now = MonotonicClock.nanoseconds
        guard first > now else { return 0 }
        return Int32(min((first - now) / MonotonicClock.nanosecondsPerMillisecond + 1, 1000))
    }

    private mutating func accept() throws(LoadError) {
        while let descriptor = Descriptors.accepted(listener) {
            generation += 1
            connections[descriptor] = OriginConnection(descriptor, generation: generation)
            try poller.add(descriptor)
        }
    }

    private mutating func advance(_ descriptor: Int32) {
        guard let connection = connections[descriptor] else { return }
        do throws(LoadError) {
            expect(try connection.advance(scratch: &scratch), connection, descriptor)
        } catch { connections[descriptor] = nil }
    }

    private mutating func tick(_ due: DeadlineHeap.Entry) {
        guard let connection = connections[due.descriptor], connection.generation == due.generation else { return }
        do throws(LoadError) {
            expect(try connection.tick(MonotonicClock.nanoseconds), connection, due.descriptor)
        } catch { connections[due.descriptor] = nil }
    }

    private mutating func expect(_ time: UInt64?, _ connection: OriginConnection, _ descriptor: Int32) {
        guard let time else { return }
        deadlines.insert(DeadlineHeap.Entry(time: time, descriptor: descriptor, generation: connection.generation))
    }
}
