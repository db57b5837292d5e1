import HTTPTransport

/// Calls to one Vault with the token of its login; tells a dead token from a policy that says no.
final class VaultClient: Sendable {
    let exchange: VaultExchange
    let login: VaultLogin

    var causes: VaultCauses { exchange.causes }

    init(_ settings: VaultSettings, _ origin: HTTPOrigin) throws(CustodyError) {
        let method = try settings.method()
        exchange = VaultExchange(
            client: try settings.client(origin), namespace: settings.namespace, times: settings.times,
            causes: VaultCauses(origin: origin, method: method))
        login = VaultLogin(method, exchange)
    }

    /// Sends a request, a second time with another token where the first was dead.
    /// - Returns: an answer that is neither 401 nor 403.
    /// - Throws: `.misconfigured` with the path where the policy says no, and what an exchange throws.
    func call(_ request: VaultRequest) async throws(CustodyError) -> VaultAnswer {
        var token = try await login.current()
        for isLast in [false, true] {
            let answer = try await exchange.send(request, token: token.header)
            guard Self.isRefusal(answer) else { return answer }
            let verdict = try await verdict(on: token)
            guard verdict != .alive else { throw denied(request, isSure: true) }
            guard !isLast, let other = try await login.replacement(for: token) else {
                throw verdict == .dead ? causes.tokenDead() : denied(request, isSure: false)
            }
            token = other
        }
        throw causes.tokenDead()
    }

    /// Renews and replaces the token until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            let next = await login.upkeep()
            let pause = max(0.05, min(30, next - VaultExchange.now()))
            try? await Task.sleep(for: .seconds(pause))
        }
    }

    private enum Verdict { case alive, dead, unknown }

    /// Vault answers a dead token and a policy's refusal alike; looking itself up is what every token may do under the default policy.
    private func verdict(on token: VaultToken) async throws(CustodyError) -> Verdict {
        let answer = try await exchange.send(.get("auth/token/lookup-self", hasSecretAnswer: true), token: token.header)
        if answer.status == 200 { return .alive }
        // A policy's own refusal comes in a list of errors, a dead token's as two bare words.
        return answer.errors.contains("error occurred") ? .unknown : .dead
    }

    private func denied(_ request: VaultRequest, isSure: Bool) -> CustodyError {
        causes.denied(String(request.path.prefix { $0 != "?" }), request.method == "GET" ? "read" : "update", isSure: isSure)
    }

    private static func isRefusal(_ answer: VaultAnswer) -> Bool {
        answer.status == 401 || answer.status == 403 || answer.status == 400 && answer.errors.contains("missing client token")
    }
}
