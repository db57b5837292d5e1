import Client
import HTTPTransport
import Model
import SecretMemory

/// What every client command starts from: the environment, read once, and the broker it names.
struct ClientContext {
    let paths: ClientPaths
    let connection: BrokerConnection
    let secrets: SecretSource
    private let environment: [String: String]

    /// Reads the environment; nothing is asked and nothing is sent.
    /// - Throws: `.invalidInput` for a variable of another form.
    init() throws(ClientError) {
        let environment = ProcessEnvironment.values(ProcessEnvironment.clientNames)
        self.environment = environment
        paths = ClientPaths(environment: environment)
        secrets = try SecretSource()
        let origin = try BrokerAddress.resolve(environment: environment, paths: paths)
        connection = try BrokerConnection(origin: origin, caFile: environment["TACIT_CA_FILE"].flatMap { $0.isEmpty ? nil : $0 })
    }

    /// The job whose access file `TACIT_ACCESS_FILE` names; `nil` where it is not set. Broker and account come from the file.
    func job() async throws(ClientError) -> Job? {
        guard let path = environment["TACIT_ACCESS_FILE"], !path.isEmpty else { return nil }
        return try await Job(path: path, known: known, caFile: caFile, clock: TimeText.now)
    }

    /// `TACIT_CA_FILE`.
    var caFile: String? { environment["TACIT_CA_FILE"].flatMap { $0.isEmpty ? nil : $0 } }

    var known: KnownAccounts { KnownAccounts(path: paths.knownAccounts) }
    var tokens: TokenCache { TokenCache(directory: paths.tokenDirectory) }
    var broker: String { connection.origin.description }

    /// The account this run is about: NAME where the command has one, else `TACIT_ACCOUNT`, else the only one known at this broker.
    /// - Throws: `.invalidInput` where that leaves none or several.
    func account(named name: AccountName? = nil) throws(ClientError) -> AccountReference {
        let given = environment["TACIT_ACCOUNT"].flatMap { $0.isEmpty ? nil : $0 }
        if let name {
            if let given, let reference = try? AccountReference(parsing: given), reference.name == name { return reference }
            return AccountReference(name: name)
        }
        if let given { return try AccountReference(parsing: given) }
        let broker = broker
        let names = Set(try known.all().filter { $0.broker == broker }.map(\.name))
        guard let only = names.first, names.count == 1 else {
            let reason = names.isEmpty ? "no account is known at \(broker) yet" : "several accounts are known at \(broker)"
            throw .invalidInput("\(reason): set TACIT_ACCOUNT=NAME\nNone yet? run: tacit account create NAME")
        }
        return AccountReference(name: only)
    }

    /// The account at the broker.
    func vault(named name: AccountName? = nil) throws(ClientError) -> Vault {
        Vault(connection: connection, account: try account(named: name), known: known, clock: TimeText.now)
    }

    /// Asks for the passphrase and logs in; on a terminal a wrong one may be tried three times.
    func login(named name: AccountName? = nil) async throws(ClientError) -> Owner {
        let vault = try vault(named: name)
        let attempts = secrets.isInteractive ? 3 : 1
        for _ in 1..<attempts {
            do { return try await login(vault) } catch {
                guard case .loginFailed = error else { throw error }
                Output.error("\(error)")
            }
        }
        return try await login(vault)
    }

    private func login(_ vault: Vault) async throws(ClientError) -> Owner {
        let passphrase = try secrets.passphrase("Passphrase of \(vault.account.name): ")
        return try await vault.login(LoginSecret.passphrase(passphrase))
    }

    /// The operator, where the broker was reached over its control socket.
    /// - Throws: `.invalidInput` with what to set.
    func requireOperator() throws(ClientError) -> Operator {
        guard let operatorAccess = Operator(connection) else {
            throw .invalidInput(
                "only the operator may do this, over the broker's control socket: set TACIT_URL=unix:DIR/control.sock, DIR being the "
                    + "broker's data directory\nWhere none runs: tacit serve")
        }
        return operatorAccess
    }
}
