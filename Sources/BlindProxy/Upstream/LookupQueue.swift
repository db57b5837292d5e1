import Model

/// Who may look up which name when, without threads: one lookup per name, a share of the lookups per account, and the rest in line,
/// accounts in turn.
struct LookupQueue: Sendable {
    /// What becomes of a request.
    enum Place: Equatable, Sendable {
        /// The caller starts the lookup.
        case starts
        /// The name is being looked up already, or is in the account's line.
        case joins
        /// It is now in line.
        case waits
        /// The account's line is full.
        case refused
    }

    private struct Share: Sendable {
        var running = 0
        var line: [String] = []
    }

    private let limits: ResolverLimits
    private var shares: [AccountID: Share] = [:]
    /// Accounts with names in line; the first is next.
    private var turns: [AccountID] = []
    /// Names under way, and whose share each one takes.
    private var running: [String: AccountID] = [:]

    init(limits: ResolverLimits) { self.limits = limits }

    /// Names under way.
    var runningCount: Int { running.count }

    /// Whether nothing is kept.
    var isEmpty: Bool { shares.isEmpty && turns.isEmpty && running.isEmpty }

    /// `account` wants `name`. A name in another account's line is no reason to wait behind it.
    mutating func request(_ name: String, by account: AccountID) -> Place {
        guard running[name] == nil else { return .joins }
        var share = shares[account] ?? Share()
        guard !share.line.contains(name) else { return .joins }
        defer { shares[account] = share }
        if running.count < limits.lookups && share.running < limits.lookupsPerAccount {
            share.running += 1
            running[name] = account
            return .starts
        }
        guard share.line.count < limits.namesInLinePerAccount else { return .refused }
        if share.line.isEmpty { turns.append(account) }
        share.line.append(name)
        return .waits
    }

    /// A lookup came back.
    /// - Returns: names whose lookup starts now.
    mutating func finish(_ name: String) -> [String] {
        guard let owner = running.removeValue(forKey: name) else { return [] }
        update(owner) { $0.running -= 1 }
        return startNext()
    }

    /// Nobody waits for `name` any more; one under way goes on.
    mutating func drop(_ name: String) {
        for account in turns { update(account) { share in share.line.removeAll { $0 == name } } }
        turns.removeAll { shares[$0]?.line.isEmpty ?? true }
    }

    private mutating func startNext() -> [String] {
        var started: [String] = []
        var at = 0
        while running.count < limits.lookups, at < turns.count {
            let account = turns[at]
            guard let share = shares[account], share.running < limits.lookupsPerAccount, let name = share.line.first else {
                at += 1
                continue
            }
            turns.remove(at: at)
            if share.line.count > 1 { turns.append(account) }
            let isNew = running[name] == nil
            update(account) { share in
                share.line.removeFirst()
                if isNew { share.running += 1 }
            }
            guard isNew else { continue }
            running[name] = account
            started.append(name)
        }
        return started
    }

    private mutating func update(_ account: AccountID, _ body: (inout Share) -> Void) {
        guard var share = shares[account] else { return }
        body(&share)
        shares[account] = share.running == 0 && share.line.isEmpty ? nil : share
    }
}
