import Client
import Model

/// Access files as this run may see them: the operator over the control socket, a job, or the owner.
struct AccessLists {
    let operatorAccess: Operator?
    let account: AccountName?
    let rotating: Rotating?

    /// - Parameter preferringOwner: log in even where the operator's socket would do.
    static func open(in context: ClientContext, preferringOwner: Bool = false) async throws(ClientError) -> AccessLists {
        if let job = try await context.job() {
            return AccessLists(operatorAccess: nil, account: nil, rotating: Rotating(job: job, owner: nil))
        }
        if !preferringOwner, let operatorAccess = Operator(context.connection) {
            return AccessLists(operatorAccess: operatorAccess, account: try context.account().name, rotating: nil)
        }
        return AccessLists(operatorAccess: nil, account: nil, rotating: Rotating(job: nil, owner: try await context.login()))
    }

    func list() async throws(ClientError) -> AccessMessages.List {
        if let operatorAccess, let account { return try await operatorAccess.access(of: account) }
        guard let rotating else { throw .system("nobody is logged in") }
        return try await rotating.rotator().listAccess()
    }

    func revoke(_ id: WriterID) async throws(ClientError) {
        if let operatorAccess {
            _ = try await operatorAccess.revokeAccess(id)
        } else if let rotating {
            _ = try await rotating.rotator().revokeAccess(id)
        }
    }

    /// Ends a login.
    func end() async { await rotating?.end() }

    /// The file of a name or id: of several of one name the one that is not over.
    /// - Throws: `.notFound`.
    static func find(_ text: String, in list: AccessMessages.List, now: UInt64) throws(ClientError) -> AccessMessages.Access {
        let named = list.access.filter { $0.name == text || $0.writerID.description == text }
        let live = named.filter { $0.revokedAt == nil }
        guard let found = live.first(where: { $0.expiresAt > now }) ?? live.first ?? named.last else {
            throw .notFound("there is no access file \(text.debugDescription)\nrun: tacit access list")
        }
        return found
    }
}
