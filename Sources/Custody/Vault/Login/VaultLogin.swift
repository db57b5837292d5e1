import HTTPTransport
import SecretMemory

/// The token of one Vault: where it comes from, its renewal before it ends, and the next one when renewing ends.
actor VaultLogin {
    private let method: VaultLoginMethod
    private let exchange: VaultExchange
    private var token: VaultToken?
    private var serial = 0
    /// A login that is under way; whoever needs a token meanwhile waits for it.
    private var pending: Task<Result<VaultToken, CustodyError>, Never>?
    /// Why the last upkeep failed; empty where it did not.
    private(set) var trouble = ""

    init(_ method: VaultLoginMethod, _ exchange: VaultExchange) {
        self.method = method
        self.exchange = exchange
    }

    /// The token to use now: the one at hand, or a new one where it ended or its file changed.
    func current() async throws(CustodyError) -> VaultToken {
        switch method {
        case .token(let secret):
            if let token { return token }
            return try adopt(secret, lease: nil, stamp: nil)
        case .tokenFile(let path):
            let file = VaultSecretFile(path: path, isPrivate: true)
            if let token, token.stamp == file.stamp() { return token }
            let (secret, stamp) = try file.read()
            return try adopt(secret, lease: nil, stamp: stamp)
        case .appRole, .kubernetes:
            if let token, token.lease?.hasEnded(at: VaultExchange.now()) != true { return token }
            return try await logIn()
        }
    }

    /// Another token than `dead`, which was refused; `nil` where there is none to be had.
    func replacement(for dead: VaultToken) async throws(CustodyError) -> VaultToken? {
        if let token, token.serial != dead.serial { return try await current() }
        switch method {
        case .token: return nil
        case .tokenFile:
            let now = try await current()
            return now.serial == dead.serial ? nil : now
        case .appRole, .kubernetes:
            if token?.serial == dead.serial { token = nil }
            return try await current()
        }
    }

    /// Renews or replaces the token where that is due.
    /// - Returns: when to look again, in seconds of ``VaultExchange/now()``.
    func upkeep() async -> Double {
        let now = VaultExchange.now()
        do throws(CustodyError) {
            let token = try await current()
            guard let lease = token.lease else {
                try await learn(token)
                trouble = ""
                return now
            }
            switch lease.step(at: now) {
            case .wait(let time):
                trouble = isGiven && lease.isShortened ? CustodyStatus(exchange.causes.tokenEnds(in: (lease.end ?? now) - now)).cause : ""
                return min(time, now + 30)
            case .renew: _ = try await renew(token, lease)
            case .replace: try await replace(token, lease)
            }
            return now
        } catch {
            trouble = CustodyStatus(error).cause
            return now + exchange.times.longestPauseSeconds * Double.random(in: 0.5...1.5)
        }
    }

    private func replace(_ token: VaultToken, _ lease: VaultLease) async throws(CustodyError) {
        switch method {
        case .token, .tokenFile:
            // Nobody but its owner can replace it; what is left of it is used, and asked for again while Vault gives anything.
            if lease.isRenewable, !lease.hasEnded(at: VaultExchange.now()), try await renew(token, lease) { return }
            throw exchange.causes.tokenEnds(in: (lease.end ?? 0) - VaultExchange.now())
        case .appRole, .kubernetes: _ = try await logIn()
        }
    }

    /// Whether the token came from outside, so that nobody here can get another.
    private var isGiven: Bool {
        switch method {
        case .token, .tokenFile: true
        case .appRole, .kubernetes: false
        }
    }

    /// - Returns: whether Vault renewed it.
    private func renew(_ token: VaultToken, _ lease: VaultLease) async throws(CustodyError) -> Bool {
        let request = VaultRequest(path: "auth/token/renew-self", body: .plain(Array("{}".utf8)), hasSecretAnswer: true)
        let answer = try await exchange.send(request, token: token.header)
        let now = VaultExchange.now()
        guard self.token?.serial == token.serial else { return true }
        guard answer.status == 200, let json = answer.json, let duration = json.integer(json.value("auth", "lease_duration")) else {
            // 400: not renewable; 403: dead, or not allowed; 500: at the end of its life.
            self.token?.lease = VaultLease(
                grantedAt: lease.grantedAt, duration: lease.duration, isRenewable: false, full: lease.full, point: lease.point)
            return false
        }
        let isRenewable = json.boolean(json.value("auth", "renewable")) ?? false
        self.token?.lease = lease.renewed(at: now, duration: duration, isRenewable: isRenewable)
        return true
    }

    /// Asks how long a token lasts that was given to us.
    private func learn(_ token: VaultToken) async throws(CustodyError) {
        let answer = try await exchange.send(.get("auth/token/lookup-self", hasSecretAnswer: true), token: token.header)
        let now = VaultExchange.now()
        guard self.token?.serial == token.serial else { return }
        if answer.status == 200, let json = answer.json, let ttl = json.integer(json.value("data", "ttl")) {
            let isRenewable = json.boolean(json.value("data", "renewable")) ?? false
            let full = json.integer(json.value("data", "creation_ttl")).map { max($0, ttl) } ?? ttl
            let period = json.integer(json.value("data", "period")) ?? full
            let lease = VaultLease(grantedAt: now, duration: ttl, isRenewable: isRenewable, full: min(full, period))
            self.token?.lease = lease
            // It is an old one: renewed now, it shows whether it goes on.
            if isRenewable, lease.isShortened { _ = try await renew(token, lease) }
        } else {
            // It may not look itself up; perhaps it may renew itself. If not, nothing is known about its end.
            let unknown = VaultLease(grantedAt: now, duration: 3600, isRenewable: true)
            guard try await !renew(token, unknown) else { return }
            self.token?.lease = VaultLease(grantedAt: now, duration: 0, isRenewable: false)
        }
    }

    private func adopt(_ secret: VaultSecret, lease: VaultLease?, stamp: VaultSecretFile.Stamp?) throws(CustodyError) -> VaultToken {
        serial += 1
        let new = try VaultToken(secret, serial: serial, lease: lease, stamp: stamp)
        token = new
        return new
    }

    private func logIn() async throws(CustodyError) -> VaultToken {
        let task: Task<Result<VaultToken, CustodyError>, Never>
        if let pending {
            task = pending
        } else {
            task = Task {
                do throws(CustodyError) {
                    let (secret, lease) = try await VaultLoginCall(method: self.method, exchange: self.exchange).perform()
                    return .success(try self.adopt(secret, lease: lease, stamp: nil))
                } catch { return .failure(error) }
            }
            pending = task
        }
        let result = await task.value
        if pending == task { pending = nil }
        return try result.get()
    }
}
