import Envelope
import Model
import Synchronization

extension LiveSession {
    /// Decides about one call of a holder of the token, in the order of DESIGN section 5.2, and counts it when it may go.
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - milliseconds: monotonic.
    func admit(
        now: UInt64, milliseconds: UInt64, method: Span<UInt8>, alias: Span<UInt8>, path: PathMatcher, origin: Span<UInt8>?,
        facts: CallFacts
    ) throws(Refusal) -> Grant {
        if let refusal = refusal(now: now) { throw refusal }
        try checkIdle(milliseconds)
        let binding = try find(alias)
        let key = try usable(binding)
        let name = key.alias.text
        guard policy.allows(method: method) else {
            throw Refusal(
                .methodNotAllowed, "the session does not allow this method for \(name). run: tacit unlock --keys \(name) --methods …")
        }
        try check(path, of: key, facts)
        if let origin {
            guard policy.allows(origin: origin) else {
                throw Refusal(
                    .originNotAllowed, "the session allows no calls from this browser origin. run: tacit unlock --keys \(name) --origins …")
            }
        }
        guard !facts.isUpgrade || policy.allowsUpgrade else {
            throw Refusal(.upgradeNotAllowed, "the session allows no WebSockets. run: tacit unlock --keys \(name) --allow-upgrade")
        }
        try count(milliseconds, name)
        return Grant(session: self, key: key, binding: binding)
    }

    private func checkIdle(_ milliseconds: UInt64) throws(Refusal) {
        guard isIdle(milliseconds) else { return }
        end(.idle)
        throw Refusal(.sessionExpired, "this session ended because it was not used for its idle limit. run: tacit unlock")
    }

    /// Whether no call ran for as long as the session's idle limit.
    func isIdle(_ milliseconds: UInt64) -> Bool {
        guard policy.idleMilliseconds > 0 else { return false }
        return state.withLock { state in
            state.running == 0 && milliseconds > state.lastUse && milliseconds - state.lastUse >= policy.idleMilliseconds
        }
    }

    /// The monotonic millisecond before which the idle limit cannot have passed, as things stand.
    func idleDue(_ milliseconds: UInt64) -> UInt64 {
        let since = state.withLock { $0.running > 0 ? milliseconds : $0.lastUse }
        return since.addingReportingOverflow(policy.idleMilliseconds).partialValue
    }

    private func find(_ alias: Span<UInt8>) throws(Refusal) -> SessionBinding {
        let found = state.withLock { state in
            var revoked: SessionBinding?
            for binding in state.bindings {
                let name = binding.alias
                guard CompiledPolicy.equal(name.span, alias) else { continue }
                guard case .revoked = binding.status else { return binding as SessionBinding? }
                revoked = binding
            }
            return revoked
        }
        if let found { return found }
        switch account.isRevoked(alias: alias) {
        case nil: throw Refusal(.aliasUnknown, "the account has no key of this alias. run: tacit keys")
        case true?: throw Refusal(.keyRevoked, "the key of this alias was revoked. run: tacit keys")
        case false?: throw Refusal(.keyNotInSession, "this session was not made for the key of this alias. run: tacit unlock --keys …")
        }
    }

    private func usable(_ binding: SessionBinding) throws(Refusal) -> LiveKey {
        switch binding.status {
        case .revoked: throw Refusal(.keyRevoked, "the key \(binding.name) was revoked. run: tacit enroll")
        case .inactive: throw Refusal(.keyRevoked, "the key \(binding.name) has no active value. run: tacit keys")
        case .damaged: throw Refusal(.integrity, "the stored key \(binding.name) was altered and opens nothing. run: tacit doctor")
        case .live(let key):
            guard !key.isEnded else { throw Refusal(.keyRevoked, "the key \(binding.name) was revoked. run: tacit enroll") }
            guard binding.material != nil else {
                if binding.waitsForKEK { throw Refusal.notLoaded }
                throw Refusal(
                    .keyNotInSession,
                    "this session holds no value of \(binding.name) that is active now. run: tacit unlock --keys \(binding.name)")
            }
            return key
        }
    }

    private func check(_ path: PathMatcher, of key: LiveKey, _ facts: CallFacts) throws(Refusal) {
        let name = key.alias.text
        if key.allowedPaths.isEmpty && key.deniedPaths.isEmpty && policy.paths.isEmpty { return }
        guard facts.isPathPlain else {
            throw Refusal(.pathNotAllowed, "a path with an encoded slash is refused where path rules apply. run: tacit keys")
        }
        if key.deniedPaths.cover(path, denying: true) && !policy.mintingPaths.cover(path, denying: false) {
            throw Refusal(.pathDenied, "this path can mint or list credentials and is denied for \(name). run: tacit keys")
        }
        guard key.allowedPaths.isEmpty || key.allowedPaths.cover(path, denying: false) else {
            throw Refusal(.pathNotAllowed, "\(name) was enrolled for other paths. run: tacit keys")
        }
        guard policy.paths.isEmpty || policy.paths.cover(path, denying: false) else {
            throw Refusal(.pathNotAllowed, "the session does not allow this path. run: tacit unlock --keys \(name) --paths …")
        }
    }

    /// Why the session's next request may not go on what this process has reserved.
    private func unreserved(_ used: UInt64, _ milliseconds: UInt64, _ name: String) -> Refusal? {
        switch allowance?.verdict(used: used, milliseconds) {
        case nil, .mayGo: nil
        case .unreserved: .uncounted(id)
        case .failed: .uncounted(nil)
        case .usedUp: .usedUp(policy.maximumRequests, name)
        case .damaged: Refusal(.integrity, "the stored count of the session's requests was altered. run: tacit doctor")
        }
    }

    private func count(_ milliseconds: UInt64, _ name: String) throws(Refusal) {
        let refusal = state.withLock { state -> Refusal? in
            guard policy.maximumRequests == 0 || state.used < policy.maximumRequests else { return .usedUp(policy.maximumRequests, name) }
            let now = milliseconds &* 1_000
            if let wait = state.limiter?.wait(at: now), wait > 0 {
                let seconds = UInt32(clamping: (wait + 999_999) / 1_000_000)
                return Refusal(
                    .rateLimited, "the session's rate is reached; try again in \(seconds) s. run: tacit sessions",
                    retryAfterSeconds: seconds)
            }
            guard policy.maximumConcurrent == 0 || state.running < policy.maximumConcurrent else {
                return Refusal(
                    .rateLimited, "\(policy.maximumConcurrent) calls of this session are running already. run: tacit sessions",
                    retryAfterSeconds: 1)
            }
            if let refusal = unreserved(state.used, milliseconds, name) {
                // It came in time, however long its request takes.
                state.lastUse = milliseconds
                return refusal
            }
            state.limiter?.take(at: now)
            state.used += 1
            state.running += 1
            state.lastUse = milliseconds
            return nil
        }
        if let refusal { throw refusal }
    }
}
