import HTTPWire
import NIOCore
import SecretMemory
import Sessions

extension ClientHandler {
    /// Handles heads in the inbox until one waits for its upstream or nothing is left.
    func advance() {
        guard !isAdvancing else { return }
        isAdvancing = true
        defer { isAdvancing = false }
        while input == .head {
            guard isWritable else {
                // Answers to a client that does not read must not pile up; `channelWritabilityChanged` goes on.
                wait(.client, seconds: loop.limits.sendSeconds)
                break
            }
            guard inbox.count > 0 else {
                if loop.isDraining { close() } else { wait(.idle, seconds: loop.limits.idleSeconds) }
                break
            }
            headReadAt = SystemClock.monotonicNanoseconds()
            if case .requests(_, let readBefore) = deadline { headReadAt = readBefore }
            guard let length = scanHead() else { break }
            handle(headOf: length)
        }
        resumeReading()
    }

    /// The length of a complete head; `nil` while there is none, or after the refusal of one that cannot be.
    private func scanHead() -> Int? {
        do throws(HTTPWireError) {
            let outcome = try inbox.withBytes { (bytes) throws(HTTPWireError) in try scanner.scan(bytes) }
            guard case .complete(let length) = outcome else {
                if case .head = deadline { return nil }
                wait(.head, seconds: loop.limits.headSeconds)
                return nil
            }
            return length
        } catch {
            refuse(ProxyError(request: error), loop.nextRequestID(), headIsParsed: false)
            return nil
        }
    }

    private func handle(headOf length: Int) {
        // What the session's keys come from lives until the key was used or the call waits for a connection.
        let mark = loop.slab.mark()
        defer {
            unsafe pseudorandomKey = nil
            loop.slab.wipe(to: mark)
        }
        scanner.reset()
        wasQuiet = false
        let id = loop.nextRequestID()
        do throws(HTTPWireError) {
            try inbox.withBytes { (bytes) throws(HTTPWireError) in try head.parse(bytes, limits: loop.headLimits) }
        } catch {
            refuse(ProxyError(request: error), id, headIsParsed: false)
            return
        }
        do throws(ProxyError) {
            let call = try inbox.withBytes { (bytes) throws(ProxyError) in try admit(bytes, id) }
            self.call = call
            loop.turn.beginCall()
            callNumber &+= 1
            machine.accept(keepsClient: head.keepAlive && !loop.isDraining)
            input = .blocked
            takeUpstream(call)
        } catch {
            if let session = error.reservable { return waitForRequests(of: session) }
            guard error == .tokenMissing, head.method == .options else { return refuse(error, id, headIsParsed: true) }
            do throws(ProxyError) {
                if try !answerPreflight(id) { refuse(error, id, headIsParsed: true) }
            } catch {
                refuse(error, id, headIsParsed: true)
            }
        }
    }

    /// Every check of DESIGN section 5.1 and 5.2; nothing of the upstream is touched before the token is verified.
    private func admit(_ bytes: Span<UInt8>, _ id: RequestID) throws(ProxyError) -> Call {
        guard let host = head.host, loop.hostNames.accept(host, bytes) else { throw .foreignHost }
        guard !loop.isDraining else { throw .draining }
        let credential = try CredentialFinder(head, in: bytes)
        let path = try AliasPath(head.target, in: bytes)
        guard !head.headers.repeated.contains(.origin) else { throw .originRepeated }
        let isUpgrade = head.isWebSocketUpgrade(bytes)
        let offer = isUpgrade ? try WebSocketOffer(head, in: bytes) : nil
        let grant: Grant
        do throws(Refusal) {
            grant = try authorize(bytes, credential, path, isUpgrade: isUpgrade)
        } catch {
            throw ProxyError(error)
        }
        let route = loop.route(for: grant.key, now: loop.nowMilliseconds())
        let call = Call(
            grant: grant, requestID: id, route: route, path: path, credential: credential, head: head, times: CallTimes(start: headReadAt))
        call.offer = offer
        if let field = head.headers.first(.origin) { call.origin = field.value.bounds.map { bytes[$0] } }
        return call
    }

    private func authorize(
        _ bytes: Span<UInt8>, _ credential: CredentialFinder, _ path: AliasPath, isUpgrade: Bool
    ) throws(Refusal) -> Grant {
        guard let place = unsafe loop.slab.allocate(32) else { throw .failed }
        var derived = unsafe place.mutableBytes
        var origin: Span<UInt8>?
        if let field = head.headers.first(.origin) { origin = bytes.extracting(field.value.bounds) }
        let grant = try loop.sessions.authorize(
            token: unsafe bytes.extracting(credential.token.bounds).bytes, method: bytes.extracting(head.methodName.bounds),
            alias: bytes.extracting(path.alias.bounds),
            path: { prefix, denying in PathPolicy.hasPrefix(bytes, path.rest, prefix, for: denying ? .denying : .allowing) },
            origin: origin, facts: CallFacts(isPathPlain: path.isPlain, isUpgrade: isUpgrade), slab: loop.slab,
            pseudorandomKey: &derived)
        unsafe pseudorandomKey = UnsafeRawBufferPointer(place)
        return grant
    }

    /// Answers a request that reaches no upstream, and sees to its body.
    func refuse(_ error: ProxyError, _ id: RequestID, headIsParsed: Bool) {
        loop.countRefused(error, id)
        let origin = headIsParsed ? knownOrigin() : nil
        requestBody = BodyDecoder(headIsParsed ? head.framing : .untilClose)
        inbox.removeFirst(headIsParsed ? head.length : inbox.count)
        // A client that waits for a 100 may or may not send its body now; only a new connection is unambiguous.
        let closes = !headIsParsed || !head.keepAlive || head.expectsContinue || loop.isDraining || error.status == 421
        send(error, id, closes: closes, isHead: headIsParsed && head.method == .head, origin: origin)
        endRequest(closes: closes)
    }

    /// Writes an answer of our own.
    func send(_ error: ProxyError, _ id: RequestID, closes: Bool, isHead: Bool, origin: [UInt8]?) {
        outgoing.writeBytes(ErrorAnswer(error: error, requestID: id, closes: closes, isHead: isHead, origin: origin).bytes)
        flushAnswer()
    }

    /// After an answer: takes the rest of the request's body within a bound, so that the client reads the answer instead of a reset,
    /// and then the next request or the end.
    func endRequest(closes: Bool) {
        guard input != .closed else { return }
        guard closes || !requestBody.isComplete else {
            nextRequest()
            return
        }
        input = .draining(budget: loop.limits.drainBytes, thenCloses: closes)
        wait(.close, seconds: closes ? 2 : 10)
        // The client learns at once that this was all, and we do not reset what it has still to read.
        if closes && !requestBody.isComplete { context?.close(mode: .output, promise: nil) }
        drainInbox()
    }

    /// What the connection waits for.
    enum Waiting { case idle, head, connect, requestBody, upstream, client, close }

    func wait(_ what: Waiting, seconds: Int) {
        if case .tunnel = deadline, what != .close { return }
        let end = loop.servedMilliseconds() + UInt64(max(0, seconds)) * 1_000
        deadline =
            switch what {
            case .idle: .idle(end)
            case .head: .head(end)
            case .connect: .connect(end)
            case .requestBody: .requestBody(end)
            case .upstream: .upstream(end)
            case .client: .client(end)
            case .close: .close(end)
            }
    }
}
