import HTTPWire
import NIOCore
import Sessions

extension ClientHandler {
    /// The upstream connection ended; with some answers that is their end.
    func upstreamEnded(_ ended: UpstreamHandler) {
        guard upstream === ended else { return }
        upstream = nil
        if call?.tunnel != nil { return tunnelLostUpstream() }
        if ended.endCompletesAnswer && machine.answerHasBegun {
            completeAnswer(upstreamIsReusable: false)
        } else {
            perform(machine.loseUpstream())
        }
    }

    func upstreamWritabilityChanged() {
        if input == .body, let upstream { waitForBody(upstream) }
        resumeReading()
    }

    func noteUpstreamActivity() {
        if let call { extendUpstreamDeadline(call) }
    }

    func extendUpstreamDeadline(_ call: Call) {
        guard machine.requestIsComplete || machine.answerHasBegun else { return }
        wait(.upstream, seconds: loop.limits.upstreamSeconds)
    }

    /// The call cannot go on.
    func failCall(_ error: ProxyError) { perform(machine.fail(error)) }

    /// The client broke the rules in the middle of a body: nothing after it can be delimited.
    func failRequest(_ error: ProxyError) {
        let action = machine.fail(error)
        guard case .answer = action else { return perform(action) }
        guard let call else { return close() }
        loop.metrics.countFailed(error.code)
        finish(call, status: error.status)
        send(error, call.requestID, closes: true, isHead: false, origin: call.origin)
        requestBody = BodyDecoder(.untilClose)
        endRequest(closes: true)
    }

    /// Does what the state machine says.
    func perform(_ action: ExchangeStateMachine.Action) {
        switch action {
        case .none: break
        case .retry:
            if let call { takeUpstream(call) }
        case .answer(let error): answer(error)
        case .abort:
            flushAnswer()
            let call = call
            abort()
            loop.metrics.countFailed("cut_off")
            if let call { finish(call, status: call.status) }
        case .discard:
            loop.metrics.countFailed("client_closed")
            if call?.tunnel?.isEnding == true {
                upstream?.closeWhenWritten()
                upstream = nil
            }
            if let call { finish(call, status: call.status == 0 ? 499 : call.status) }
        case .finish(let upstream, let client): finish(upstream, client)
        }
    }

    private func answer(_ error: ProxyError) {
        guard let call else { return close() }
        if !call.isHandedOver {
            requestBody = BodyDecoder(head.framing)
            inbox.removeFirst(head.length)
        }
        let closes = !head.keepAlive || loop.isDraining || (!requestBody.isComplete && head.expectsContinue)
        loop.metrics.countFailed(error.code)
        finish(call, status: error.status)
        send(error, call.requestID, closes: closes, isHead: call.method == .head, origin: call.origin)
        endRequest(closes: closes)
    }

    private func finish(_ upstreamFate: ExchangeStateMachine.Upstream, _ clientFate: ExchangeStateMachine.Client) {
        guard let call else { return }
        let ended = upstream
        upstream = nil
        finish(call, status: call.status)
        // A connection that was prepared for a tunnel reports its ends in another way.
        ended?.release(reuse: upstreamFate == .reuse && call.offer == nil)
        switch clientFate {
        case .reuse: nextRequest()
        case .drain: endRequest(closes: false)
        case .close: endRequest(closes: true)
        }
    }

    /// Ends the call: gives back the upstream connection and the session's place, and counts.
    private func finish(_ call: Call, status: UInt16) {
        upstream?.release(reuse: false)
        upstream = nil
        self.call = nil
        loop.turn.endCall()
        loop.count(call, status: status)
        call.end()
    }

    /// Looks at deadlines and at the session of a running call.
    func tick(milliseconds: UInt64, seconds: UInt64) {
        if wasQuiet { releaseSpareMemory() }
        wasQuiet = true
        if machine.isBusy, let call, let refusal = call.grant.reasonToEnd(now: seconds) {
            failCall(ProxyError(refusal))
            return
        }
        if let due = call?.continueDue, milliseconds >= due { passContinue() }
        switch deadline {
        case .none: break
        case .tunnel: tickTunnel(milliseconds: milliseconds)
        case .idle(let end): if milliseconds >= end { close() }
        case .client(let end):
            guard milliseconds >= end else { break }
            // What was cut off for a client that does not read must not look whole to it afterwards.
            if isBusy { failCall(.upstreamTimeout) }
            closeAbruptly()
        case .close(let end): if milliseconds >= end { closeUnwritten() }
        case .head(let end):
            guard milliseconds >= end else { break }
            if inbox.count > 0 { refuse(.headTimeout, loop.nextRequestID(), headIsParsed: false) } else { closeAbruptly() }
        case .requests(let end, _): if milliseconds >= end { refuseWaiting(.storeTimeout) }
        case .connect(let end): if milliseconds >= end { failCall(.connectTimeout) }
        case .requestBody(let end): if milliseconds >= end { failCall(.bodyTimeout) }
        case .upstream(let end): if milliseconds >= end { failCall(.upstreamTimeout) }
        }
    }
}
