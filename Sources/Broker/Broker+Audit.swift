import Audit
import Model
import Store
import Synchronization

extension Broker {
    /// Runs one route: refuses what does not go on while draining, runs `body`, and writes the audit record before anybody hears the
    /// outcome. Where the record cannot be written, the answer is 503 `unavailable`, whatever the outcome was.
    ///
    /// Everything an authenticated principal does is written, refusals included, and so are logins, registrations and assisted
    /// unlocks that succeed. What nobody in particular fails at is written within a budget, so that it cannot fill the disk.
    func audited<R>(
        _ operation: Operation, _ call: Call, _ body: (inout AuditFacts) async throws(BrokerError) -> R
    ) async throws(BrokerError) -> R {
        var facts = AuditFacts()
        facts.accountID = call.principal.accountID
        let result: R
        do throws(BrokerError) {
            guard operation.worksWhileDraining || !life.withLock({ $0.isDraining }) else { throw .draining }
            result = try await body(&facts)
        } catch {
            try await record(operation, call, facts, outcome: error.code.rawValue)
            throw error
        }
        try await record(operation, call, facts, outcome: "ok")
        return result
    }

    /// Writes down that a request was refused before it reached its route (a malformed body, say): an authenticated principal's always,
    /// an assisted unlock of nobody in particular within the budget.
    /// - Throws: `.unavailable` where it cannot be written.
    package func recordRefusal(_ operation: Operation, call: Call, error: BrokerError) async throws(BrokerError) {
        guard call.principal != .anonymous || operation == .assistedUnlock else { return }
        var facts = AuditFacts()
        facts.accountID = call.principal.accountID
        try await record(operation, call, facts, outcome: error.code.rawValue)
    }

    private func record(_ operation: Operation, _ call: Call, _ facts: AuditFacts, outcome: String) async throws(BrokerError) {
        // A challenge says nothing about anybody; what comes of it is written when it is answered.
        guard operation != .startLogin else { return }
        var outcome = outcome
        if call.principal == .anonymous, facts.actor == nil {
            switch operation {
            case .finishLogin, .assistedUnlock, .createAccount: break
            default: return
            }
            if outcome != "ok" {
                guard let suppressed = budget.take() else { return }
                if suppressed > 0 { outcome += " (\(suppressed) before not written)" }
            }
        }
        let (actor, account, subject, said) = (facts.actor ?? call.principal.actor, facts.accountID, facts.subject, outcome)
        try await stored { () async throws(StoreError) in
            try await audit.append(
                actor: actor, action: operation.rawValue, accountID: account, subject: subject, outcome: said, requestID: call.requestID)
        }
    }
}
