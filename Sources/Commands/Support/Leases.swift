import Client
import Model

/// Leases as this run may see them: the operator over the control socket, or the owner after a login.
struct Leases {
    let operatorAccess: Operator?
    let account: AccountName?
    let owner: Owner?

    static func open(in context: ClientContext) async throws(ClientError) -> Leases {
        if let operatorAccess = Operator(context.connection) {
            return Leases(operatorAccess: operatorAccess, account: try context.account().name, owner: nil)
        }
        return Leases(operatorAccess: nil, account: nil, owner: try await context.login())
    }

    func list() async throws(ClientError) -> [SessionMessages.Session] {
        let all: SessionMessages.List
        if let operatorAccess, let account {
            all = try await operatorAccess.sessions(of: account)
        } else if let owner {
            all = try await owner.listSessions()
        } else {
            throw .system("nobody is logged in")
        }
        return all.sessions.filter { $0.kind == .lease }
    }

    func revoke(_ id: SessionID) async throws(ClientError) {
        if let operatorAccess {
            _ = try await operatorAccess.revokeSession(id)
        } else {
            _ = try await owner?.revokeSession(id)
        }
    }

    /// Ends a login.
    func end() async { await owner?.logout() }
}
