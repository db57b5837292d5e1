import Model
import NIOCore
import Sessions

/// A call whose session has a maximum of requests, none of which is reserved for this process at the moment.
extension ClientHandler {
    /// The head waits in the inbox until the store has answered, and is looked at again then.
    func waitForRequests(of session: SessionID) {
        input = .blocked
        // One deadline for all the times it waits.
        if !isWaitingForRequests {
            deadline = .requests(loop.servedMilliseconds() + UInt64(loop.limits.connectSeconds) * 1_000, headReadAt: headReadAt)
        }
        // By its name: a connection that ends is not held here.
        let name = ObjectIdentifier(self)
        let loop = NIOLoopBound(loop, eventLoop: loop.eventLoop)
        let entrance = self.loop.entrance
        self.loop.sessions.reserveRequests(of: session) {
            entrance.execute { loop.value.clients[name]?.tryAgain() }
        }
    }

    /// Refuses the head that waits, if one does.
    func refuseWaiting(_ error: ProxyError) {
        guard isWaitingForRequests else { return }
        refuse(error, loop.nextRequestID(), headIsParsed: true)
    }

    private func tryAgain() {
        guard isWaitingForRequests else { return }
        input = .head
        advance()
    }

    private var isWaitingForRequests: Bool {
        if input == .blocked, case .requests = deadline { true } else { false }
    }
}
