/// One request and its answer on one client connection, without sockets: each event returns what the shell has to do.
struct ExchangeStateMachine: Sendable {
    /// What the shell does next.
    enum Action: Equatable, Sendable {
        case none
        /// Take another upstream connection: nothing was handed over yet.
        case retry
        /// Send an answer of our own. Whatever upstream connection there is, is of no use any more.
        case answer(ProxyError)
        /// Part of the answer is with the client: end its connection so that it cannot take the answer for whole.
        case abort
        /// The client is gone: end the upstream connection.
        case discard
        /// The answer is complete.
        case finish(upstream: Upstream, client: Client)
    }

    /// What becomes of the upstream connection.
    enum Upstream: Equatable, Sendable { case reuse, discard }

    /// What becomes of the client connection.
    enum Client: Equatable, Sendable {
        case reuse
        /// The rest of the request's body has to be read before another request.
        case drain
        case close
    }

    private enum State: Equatable, Sendable {
        case idle
        /// The request is accepted, its connection not there yet.
        case waiting(attempts: Int)
        /// The head is with TLS, or with the kernel.
        case running(Progress)
        case over
    }

    private struct Progress: Equatable, Sendable {
        var requestIsComplete = false
        var answerHasBegun = false
    }

    /// Connections tried for one request before it is given up.
    static let maximumAttempts = 3

    private var state = State.idle
    private var keepsClient = true

    /// Whether an exchange is under way.
    var isBusy: Bool { state != .idle && state != .over }

    /// Whether the request waits for a connection.
    var isWaiting: Bool { if case .waiting = state { true } else { false } }

    /// Whether body bytes may go to the upstream.
    var isForwarding: Bool { if case .running(let progress) = state { !progress.requestIsComplete } else { false } }

    /// Whether the client has seen a part of the answer.
    var answerHasBegun: Bool { if case .running(let progress) = state { progress.answerHasBegun } else { false } }

    /// Whether everything of the request went to the upstream.
    var requestIsComplete: Bool { if case .running(let progress) = state { progress.requestIsComplete } else { false } }

    /// Whether the client's connection goes on as soon as the answer is complete.
    var keepsClientAfterAnswer: Bool { keepsClient && requestIsComplete }

    /// A request passed every check.
    /// - Parameter keepsClient: the client's connection may carry another request.
    mutating func accept(keepsClient: Bool) {
        precondition(!isBusy, "one exchange at a time")
        self.keepsClient = keepsClient
        state = .waiting(attempts: 1)
    }

    /// The answer will end the client's connection, because nothing else can delimit it.
    mutating func delimitAnswerByClose() { keepsClient = false }

    /// The request's head was handed over.
    mutating func handOver() {
        precondition(isWaiting, "a head is handed over once")
        state = .running(Progress())
    }

    /// The last byte of the request's body was handed over.
    mutating func completeRequest() {
        guard case .running(var progress) = state else { return }
        progress.requestIsComplete = true
        state = .running(progress)
    }

    /// The final head of the answer goes to the client.
    mutating func beginAnswer() {
        guard case .running(var progress) = state else { return }
        progress.answerHasBegun = true
        state = .running(progress)
    }

    /// The answer's last byte goes to the client.
    /// - Parameter upstreamIsReusable: what the upstream's head said.
    mutating func completeAnswer(upstreamIsReusable: Bool) -> Action {
        guard case .running(let progress) = state else { return .none }
        state = keepsClient && progress.requestIsComplete ? .idle : .over
        guard progress.requestIsComplete else { return .finish(upstream: .discard, client: keepsClient ? .drain : .close) }
        return .finish(upstream: upstreamIsReusable ? .reuse : .discard, client: keepsClient ? .reuse : .close)
    }

    /// The upstream connection ended before the answer did.
    mutating func loseUpstream() -> Action {
        switch state {
        case .idle, .over: return .none
        case .waiting(let attempts):
            guard attempts < Self.maximumAttempts else { return fail(.upstreamClosed) }
            state = .waiting(attempts: attempts + 1)
            return .retry
        case .running: return fail(.upstreamClosed)
        }
    }

    /// The exchange cannot go on: the session ended, time is up, or the upstream broke the rules.
    mutating func fail(_ error: ProxyError) -> Action {
        switch state {
        case .idle, .over: return .none
        case .waiting:
            state = .over
            return .answer(error)
        case .running(let progress):
            state = .over
            return progress.answerHasBegun ? .abort : .answer(error)
        }
    }

    /// The client's connection ended.
    mutating func loseClient() -> Action {
        let wasBusy = isBusy
        state = .over
        return wasBusy ? .discard : .none
    }

    /// After `.drain`, or an answer of our own: the connection is ready for the next request.
    mutating func reset() {
        state = .idle
        keepsClient = true
    }
}
