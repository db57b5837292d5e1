/// Proof that one call passed every check, and its place among the session's running calls; given back when the value ends.
package struct Grant: ~Copyable {
    /// What the call may use.
    package let key: LiveKey
    package let session: LiveSession
    let binding: SessionBinding
    private var isOver = false

    init(session: LiveSession, key: LiveKey, binding: SessionBinding) {
        self.session = session
        self.key = key
        self.binding = binding
    }

    /// Why the call has to stop, once it has to. Cheap: for a loop's tick over its running calls.
    package func reasonToEnd(now: UInt64) -> Refusal? {
        if let reason = session.refusal(now: now) { return reason }
        return key.isEnded ? Refusal(.keyRevoked, "the key was revoked. run: tacit enroll") : nil
    }

    /// Gives the call's place back before the value ends; once.
    package mutating func giveBack() {
        guard !isOver else { return }
        isOver = true
        session.endCall()
    }

    deinit {
        if !isOver { session.endCall() }
    }
}
