import Model
import NIOCore
import Sessions

/// A call whose session has a maximum of requests, none of which is reserved for this process at the moment.
extension ClientHandler {
    /// The head waits in the inbox until the store has answered, and is looked at again then.
    func waitForRequests(of session: SessionID) {
        input = .blocked
        waitedHeadReadAt = headReadAt
        // One deadline for all the times it waits.
        if !isWaitingForRequests { deadline = .requests(loop.nowMilliseconds() + UInt64(loop.limits.connectSeconds) * 1_000) }
        let handler = NIOLoopBound(self, eventLoop: loop.eventLoop)
        let eventLoop = loop.eventLoop
        loop.sessions.reserveRequests(of: session) {
            eventLoop.execute { handler.value.tryAgain() }
        }
    }

    var isWaitingForRequests: Bool {
        if input == .blocked, case .requests = deadline { true } else { false }
    }

    /// Refuses the head that waits.
    func refuseWaiting(_ error: ProxyError) {
        waitedHeadReadAt = nil
        refuse(error, loop.nextRequestID(), headIsParsed: true)
    }

    private func tryAgain() {
        guard isWaitingForRequests else { return }
        input = .head
        advance()
    }
}
