import NIOCore
import Sessions

/// Writes to sockets that wait for the end of a turn of the event loop, at most a few: the calls of a turn are worked on after each
/// other, then their bytes go out after each other. Each write wakes whoever waits for it, and one that finds its peer awake costs half.
/// A call that is alone on its loop has nobody to wait for.
final class FlushTurn {
    /// More do not wait: whoever came first would wait too long.
    static let capacity = 8

    private let eventLoop: any EventLoop
    private var requests: [(gate: FlushGate, call: Call)] = []
    private var answers: [(client: ClientHandler, call: Call)] = []
    /// Calls of the loop, from the check of their token to the end of their answer.
    private var calls = 0
    private var isScheduled = false
    private var isEnding = false

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        requests.reserveCapacity(Self.capacity)
        answers.reserveCapacity(Self.capacity)
    }

    func beginCall() { calls += 1 }

    func endCall() { calls -= 1 }

    /// Opens `gate` later in this turn. Its call is handed over then.
    func add(_ gate: FlushGate, _ call: Call) {
        guard calls > 1 else { return send(gate, call) }
        requests.append((gate, call))
        schedule()
    }

    /// Sends what `client` has collected later in this turn.
    func add(_ client: ClientHandler, _ call: Call) {
        guard calls > 1 else { return client.flushAnswer(of: call) }
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

    private func send(_ gate: FlushGate, _ call: Call) {
        gate.release()
        call.times.handOver(at: SystemClock.monotonicNanoseconds())
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
                send(gate, call)
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
