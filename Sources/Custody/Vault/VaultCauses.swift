import HTTPTransport

/// What is wrong with a Vault, in words for people; each ends with the next command.
struct VaultCauses: Sendable {
    let origin: HTTPOrigin
    /// How the token comes, for the advice where it is dead.
    let method: VaultLoginMethod

    func unreachable(_ error: HTTPTransportError) -> CustodyError {
        .unreachable("the Vault at \(origin) does not answer (\(error)); run: vault status -address=\(origin)")
    }

    func unusable(_ error: HTTPTransportError) -> CustodyError {
        .misconfigured("no request can be sent to the Vault at \(origin) (\(error)); run: tacit kek status")
    }

    /// Whether a TLS failure lies with certificates, which waiting does not change.
    func isCertificateFault(_ reason: String) -> Bool {
        let reason = reason.lowercased()
        return ["certificate", "verif", "subject name", "issuer"].contains { reason.contains($0) }
    }

    func tls(_ reason: String) -> CustodyError {
        .misconfigured(
            "the certificate of \(origin) is not trusted (\(reason)); "
                + "run: export VAULT_CACERT=FILE with its certificate authority, and start again")
    }

    func redirected(_ status: Int) -> CustodyError {
        .misconfigured(
            "\(origin) sends us on to another address (\(status)), where no token goes; "
                + "run: tacit serve --kek with the address of the active Vault or of its load balancer")
    }

    func notAVault(_ status: Int) -> CustodyError {
        .misconfigured("what answers at \(origin) (\(status)) is no Vault; run: curl \(origin)/v1/sys/health")
    }

    func busy(_ answer: VaultAnswer) -> CustodyError {
        let text = answer.errors
        if text.contains("Vault is sealed") {
            return .unreachable("the Vault at \(origin) is sealed; run: vault operator unseal -address=\(origin)")
        }
        if answer.status == 429 {
            let wait = answer.retryAfter.map { " and asks to wait \($0) s" } ?? ""
            return .unreachable("the Vault at \(origin) limits our rate\(wait); run: vault list -address=\(origin) sys/quotas/rate-limit")
        }
        return .unreachable(
            "the Vault at \(origin) fails (\(answer.status)\(text.isEmpty ? "" : ": \(text)")); run: vault status -address=\(origin)")
    }

    /// - Parameters:
    ///   - path: as in a policy.
    ///   - capability: `read` or `update`.
    ///   - isSure: whether the token was seen to be alive.
    func denied(_ path: String, _ capability: String, isSure: Bool) -> CustodyError {
        let doubt = isSure ? "" : ", or the token is dead: it may not look itself up either"
        let hidden = capability == "read" ? ", or nothing is mounted there: Vault answers both alike" : ""
        return .misconfigured(
            "the token may not \(capability) \(path) at \(origin)\(doubt)\(hidden); "
                + "run: vault policy write tacit - with: path \"\(path)\" { capabilities = [\"\(capability)\"] }")
    }

    func tokenDead() -> CustodyError {
        switch method {
        case .token:
            .misconfigured(
                "the token of VAULT_TOKEN is dead at \(origin) (expired, revoked or used up); "
                    + "run: vault token create -policy=tacit -period=24h and start again with it")
        case .tokenFile(let path):
            .misconfigured(
                "the token in \(path) is dead at \(origin) (expired, revoked or used up); "
                    + "run: vault token create -policy=tacit -period=24h -field=token > \(path)")
        case .appRole, .kubernetes:
            .misconfigured("a token we just logged in for is dead at \(origin); run: vault read auth/\(mount)/role/\(role)")
        }
    }

    /// - Parameter seconds: what is left of a token that is not renewed any more.
    func tokenEnds(in seconds: Double) -> CustodyError {
        guard seconds > 0 else { return tokenDead() }
        return .misconfigured(
            "the Vault token ends in \(Int(seconds.rounded(.up))) s and Vault does not renew it; "
                + "run: vault token create -policy=tacit -period=24h, and give us that token")
    }

    func loginRefused(_ answer: VaultAnswer) -> CustodyError {
        let text = answer.errors.isEmpty ? "" : ": \(answer.errors)"
        switch method {
        case .token, .tokenFile: return tokenDead()
        case .appRole:
            let command = "vault write -f auth/\(mount)/role/ROLE/secret-id, and give us that secret id"
            return .misconfigured("AppRole at auth/\(mount) refuses the role id or secret id (\(answer.status)\(text)); run: \(command)")
        case .kubernetes:
            return .misconfigured(
                "Kubernetes login at auth/\(mount) refuses role \(role) (\(answer.status)\(text)); run: vault read auth/\(mount)/role/\(role)"
            )
        }
    }

    private var mount: String {
        switch method {
        case .appRole(let mount, _, _), .kubernetes(let mount, _, _): mount
        case .token, .tokenFile: "token"
        }
    }

    private var role: String {
        if case .kubernetes(_, let role, _) = method { role } else { "ROLE" }
    }
}
