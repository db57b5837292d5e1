import HTTPWire
import Sessions

/// Everything about one request that passed every check, until its answer is complete.
final class Call {
    private(set) var grant: Grant
    let requestID: RequestID
    let route: KeyRoute
    let path: AliasPath
    let credential: CredentialFinder
    let method: HTTPMethod
    /// The client reads no chunks.
    let isHTTP10: Bool
    /// The head went to the upstream; until then it is in the client's inbox.
    var isHandedOver = false
    /// Looks for echoes of the key; there once the key was used.
    var scanner: EchoScanner?
    /// The page's origin, which the session allows; `nil` where no browser page calls.
    var origin: [UInt8]?
    /// What a request for a WebSocket offers.
    var offer: WebSocketOffer?
    /// There once the upstream agreed to it.
    var tunnel: Tunnel?
    /// The client waits with its body for a 100, for which the upstream has until then (milliseconds of `ProxyLoop.servedMilliseconds`).
    var continueDue: UInt64?
    /// How the answer's body goes to the client.
    var answerFraming = BodyFraming.none
    /// What the client saw; 0 until it saw something.
    var status: UInt16 = 0
    /// Bytes of bodies.
    var bytesUp: UInt64 = 0
    var bytesDown: UInt64 = 0
    /// From the start of opening the key to the wipe of its last copy; 0 where it was not opened.
    var exposureNanoseconds: UInt64 = 0
    var times: CallTimes

    init(
        grant: consuming Grant, requestID: RequestID, route: KeyRoute, path: AliasPath, credential: CredentialFinder,
        head: borrowing RequestHead, times: CallTimes
    ) {
        self.grant = grant
        self.requestID = requestID
        self.route = route
        self.path = path
        self.credential = credential
        self.times = times
        method = head.method
        isHTTP10 = head.version == .http10
    }

    /// Gives the session its place back: this object may live on for a moment, and the client's next request must not find it taken.
    func end() { grant.giveBack() }

    /// How a body of the upstream's framing goes to the client.
    func clientFraming(of answer: borrowing ResponseHead) -> BodyFraming {
        switch answer.framing {
        case .none: method == .head || answer.status == 304 ? answer.declaredFraming : .none
        case .contentLength(let count): .contentLength(count)
        case .chunked, .untilClose: isHTTP10 ? .untilClose : .chunked
        }
    }
}
