import SecretMemory

/// One login: credentials out, a token and its lease back.
struct VaultLoginCall: Sendable {
    let method: VaultLoginMethod
    let exchange: VaultExchange

    /// - Throws: `.misconfigured` where the credentials are refused, and what an exchange throws.
    func perform() async throws(CustodyError) -> (VaultSecret, VaultLease) {
        let request: VaultRequest
        switch method {
        case .token, .tokenFile: throw exchange.causes.tokenDead()
        case .appRole(let mount, let roleID, let secretID):
            let role = "{\"role_id\":\(JSONString.quoted(roleID))"
            request = try Self.request("auth/\(mount)/login", role, "secret_id", secretID?.read())
        case .kubernetes(let mount, let role, let path):
            let jwt = try VaultSecretFile(path: path, isPrivate: false).read().secret
            request = try Self.request("auth/\(mount)/login", "{\"role\":\(JSONString.quoted(role))", "jwt", jwt)
        }
        let answer = try await exchange.send(request, token: nil)
        guard answer.status == 200, let json = answer.json, let auth = json.value("auth"),
            let token = json.secretString(json.member("client_token", of: auth)),
            let duration = json.integer(json.member("lease_duration", of: auth)), duration >= 0
        else { throw exchange.causes.loginRefused(answer) }
        let isRenewable = json.boolean(json.member("renewable", of: auth)) ?? false
        let lease = VaultLease(grantedAt: VaultExchange.now(), duration: duration, isRenewable: isRenewable)
        return (VaultSecret(token), lease)
    }

    private static func request(
        _ path: String, _ start: String, _ name: String, _ secret: VaultSecret?
    ) throws(CustodyError) -> VaultRequest {
        let body: VaultRequest.Body
        if let secret {
            let text = try secret.withBytes { (bytes) throws(CustodyError) in
                try SecretJSON.text("\(start),\"\(name)\":", bytes, .string, "}")
            }
            body = .secret(VaultSecret(text))
        } else {
            body = .plain(Array("\(start)}".utf8))
        }
        return VaultRequest(path: path, body: body, hasSecretAnswer: true)
    }
}
