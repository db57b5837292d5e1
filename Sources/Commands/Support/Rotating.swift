import Client
import Model

/// Who gives keys new values in this run: the job whose access file `TACIT_ACCESS_FILE` names, else the owner after a login.
struct Rotating {
    let job: Job?
    let owner: Owner?

    /// - Throws: as ``Job`` and a login do.
    static func open(in context: ClientContext) async throws(ClientError) -> Rotating {
        if let job = try await context.job() { return Rotating(job: job, owner: nil) }
        return Rotating(job: nil, owner: try await context.login())
    }

    /// The principal.
    /// - Parameter confirmed: what the owner has looked at.
    func rotator(confirmed: ConfirmedDestination? = nil) throws(ClientError) -> any KeyRotator {
        if let job { return job }
        guard let owner else { throw .system("nobody is logged in") }
        return OwnerRotation(owner, confirmed: confirmed)
    }

    /// The key as far as this principal may know it, checked.
    func target(_ alias: Alias) async throws(ClientError) -> RotationTarget {
        if let job { try job.require(.rotate, alias: alias) }
        return try await rotator().target(alias)
    }

    /// Ends the login, and says what could not be remembered.
    func end() async {
        if let failure = job?.memoryFailure {
            Output.words("Note: the account key seen cannot be remembered here (\(failure)); an old one served again would not be noticed.")
        }
        await owner?.logout()
    }
}
