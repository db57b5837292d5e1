import NIOCore
import Sessions

/// Writes to sockets that wait for the end of a turn of the event loop, at most a few: the calls of a turn are worked on after each
/// other, then their bytes go out after each other. Each write wakes whoever waits for it, and one that finds its peer awake costs half.
final class FlushTurn {
    /// More do not wait: whoever came first would wait too long.
    static let capacity = 8

    private let eventLoop: any EventLoop
    private var requests: [(gate: FlushGate, call: Call)] = []
    private var answers: [(client: ClientHandler, call: Call)] = []
    private var isScheduled = false
    private var isEnding = false

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        requests.reserveCapacity(Self.capacity)
        answers.reserveCapacity(Self.capacity)
    }

    /// Opens `gate` later in this turn. Its call is handed over then.
    func add(_ gate: FlushGate, _ call: Call) {
        requests.append((gate, call))
        schedule()
    }

    /// Sends what `client` has collected later in this turn.
    func add(_ client: ClientHandler, _ call: Call) {
        answers.append((client, call))
        schedule()
    }

    private func schedule() {
        guard !isEnding else { return }
        guard requests.count + answers.count < Self.capacity else { return end() }
        guard !isScheduled else { return }
        isScheduled = true
        eventLoop.assumeIsolated().execute {
            self.isScheduled = false
            self.end()
        }
    }

    /// A write can end calls and begin others, which add to what waits: it goes out with the rest.
    private func end() {
        guard !isEnding else { return }
        isEnding = true
        var request = 0
        var answer = 0
        while request < requests.count || answer < answers.count {
            if request < requests.count {
                let (gate, call) = requests[request]
                request += 1
                gate.release()
                call.times.handOver(at: SystemClock.monotonicNanoseconds())
            } else {
                let (client, call) = answers[answer]
                answer += 1
                client.flushAnswer(of: call)
            }
        }
        requests.removeAll(keepingCapacity: true)
        answers.removeAll(keepingCapacity: true)
        isEnding = false
    }
}
