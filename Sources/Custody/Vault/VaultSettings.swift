import HTTPTransport

/// How a Vault is reached and who we are there: what its own command line reads from the environment, and our own few variables.
///
/// Reading never fails, so that a broker with a keyring file is not stopped by a variable it does not need; what is wrong is said when a
/// Vault is opened with the settings.
package struct VaultSettings: Sendable {
    /// `VAULT_ADDR`, for a `--kek` without an address.
    package var address: String?
    /// `VAULT_CACERT`: PEM, trusted beside the system's certificates.
    package var caFile: String?
    /// `VAULT_NAMESPACE`.
    package var namespace: String?
    /// `VAULT_SKIP_VERIFY`, which is refused.
    package var skipVerify: String?
    /// Every way to a token that is set; one is right.
    package var methods: [VaultLoginMethod]
    /// What makes the settings useless, with the cure.
    package var problem: String?
    package var times = VaultTimes()

    package init(
        address: String? = nil, caFile: String? = nil, namespace: String? = nil, skipVerify: String? = nil, methods: [VaultLoginMethod] = []
    ) {
        self.address = address
        self.caFile = caFile
        self.namespace = namespace
        self.skipVerify = skipVerify
        self.methods = methods
    }

    /// Reads the environment and takes the secrets out of it: `VAULT_TOKEN`, or `VAULT_TOKEN_FILE`, or `VAULT_ROLE_ID` with
    /// `VAULT_SECRET_ID` or `VAULT_SECRET_ID_FILE` (`VAULT_APPROLE_MOUNT`, default `approle`), or `VAULT_KUBERNETES_ROLE`
    /// (`VAULT_KUBERNETES_MOUNT`, default `kubernetes`; `VAULT_KUBERNETES_TOKEN_FILE`); without any of them `~/.vault-token`.
    package static func fromEnvironment(_ environment: VaultEnvironment = .process) -> VaultSettings {
        let text = environment.text
        var settings = VaultSettings(
            address: text("VAULT_ADDR"), caFile: text("VAULT_CACERT"), namespace: text("VAULT_NAMESPACE"),
            skipVerify: text("VAULT_SKIP_VERIFY"))
        if let time = text("VAULT_CLIENT_TIMEOUT") {
            if let times = VaultTimes(clientTimeout: time) {
                settings.times = times
            } else {
                settings.problem = "VAULT_CLIENT_TIMEOUT is 1 to 300 seconds; run: export VAULT_CLIENT_TIMEOUT=15"
            }
        }
        if let token = environment.takeSecret("VAULT_TOKEN") { settings.methods.append(.token(token)) }
        if let path = text("VAULT_TOKEN_FILE") { settings.methods.append(.tokenFile(path: path)) }
        let secretID = environment.takeSecret("VAULT_SECRET_ID").map(VaultSecretSource.value)
        let secretIDFile = text("VAULT_SECRET_ID_FILE").map(VaultSecretSource.file)
        if secretID != nil, secretIDFile != nil {
            settings.problem = "VAULT_SECRET_ID and VAULT_SECRET_ID_FILE are both set; run: unset VAULT_SECRET_ID"
        }
        if let roleID = text("VAULT_ROLE_ID") {
            let mount = text("VAULT_APPROLE_MOUNT") ?? "approle"
            settings.methods.append(.appRole(mount: mount, roleID: roleID, secretID: secretID ?? secretIDFile))
        } else if secretID != nil || secretIDFile != nil {
            settings.problem = "VAULT_SECRET_ID is set without VAULT_ROLE_ID; run: export VAULT_ROLE_ID=ID"
        }
        if let role = text("VAULT_KUBERNETES_ROLE") {
            settings.methods.append(
                .kubernetes(
                    mount: text("VAULT_KUBERNETES_MOUNT") ?? "kubernetes", role: role,
                    tokenPath: text("VAULT_KUBERNETES_TOKEN_FILE") ?? "/var/run/secrets/kubernetes.io/serviceaccount/token"))
        }
        if settings.methods.isEmpty, let home = text("HOME"), VaultSecretFile(path: home + "/.vault-token", isPrivate: true).stamp() != nil
        {
            settings.methods.append(.tokenFile(path: home + "/.vault-token"))
        }
        return settings
    }

    /// The one way to a token.
    /// - Throws: `.misconfigured` for none and for several.
    func method() throws(CustodyError) -> VaultLoginMethod {
        if let problem { throw .misconfigured(problem) }
        guard let method = methods.first else {
            throw .misconfigured(
                "no way to a Vault token is set (VAULT_TOKEN, VAULT_TOKEN_FILE, VAULT_ROLE_ID or VAULT_KUBERNETES_ROLE); "
                    + "run: VAULT_TOKEN_FILE=FILE tacit serve")
        }
        guard methods.count == 1 else {
            throw .misconfigured(
                "several ways to a Vault token are set, of VAULT_TOKEN, VAULT_TOKEN_FILE, VAULT_ROLE_ID and VAULT_KUBERNETES_ROLE; "
                    + "run: unset all but one")
        }
        return method
    }

    /// Where a custody's Vault is: what its URI says, else `VAULT_ADDR`.
    func origin(_ named: HTTPOrigin?) throws(CustodyError) -> HTTPOrigin {
        if let named { return named }
        guard let address else {
            throw .misconfigured("--kek names no address and VAULT_ADDR is not set; run: export VAULT_ADDR=https://HOST:8200")
        }
        return try CustodyURI.origin(address, "VAULT_ADDR")
    }

    /// - Throws: `.misconfigured` for `VAULT_SKIP_VERIFY`, a namespace that is none, and a CA file that cannot be read.
    func client(_ origin: HTTPOrigin) throws(CustodyError) -> HTTPClient {
        guard ["", "0", "f", "F", "false", "False", "FALSE"].contains(skipVerify ?? "") else {
            throw .misconfigured(
                "VAULT_SKIP_VERIFY is set: whoever answers at the address would get the token and every key; "
                    + "run: unset VAULT_SKIP_VERIFY, and name the certificate authority with VAULT_CACERT=FILE")
        }
        if let namespace, !namespace.utf8.allSatisfy({ (33...126).contains($0) }) || namespace.utf8.count > 512 {
            throw .misconfigured("VAULT_NAMESPACE is no namespace; run: export VAULT_NAMESPACE=PATH")
        }
        do throws(HTTPTransportError) {
            return try HTTPClient(
                origin: origin, caFile: caFile, connectTimeoutSeconds: times.connectSeconds, timeoutSeconds: times.callSeconds,
                bodyLimitBytes: 32 << 20)
        } catch {
            throw .misconfigured("VAULT_CACERT \(caFile ?? ""): \(error); run: export VAULT_CACERT=FILE")
        }
    }
}
