import Glibc
import HTTPTransport
import SecretMemory

/// Requests to one Vault and their answers, tried again while that is right: after 5xx, 429 and connections that failed, with pauses that
/// grow and vary, until a deadline. No redirect is followed: a token goes to the address that was named and to no other.
struct VaultExchange: Sendable {
    let client: HTTPClient
    let namespace: String?
    let times: VaultTimes
    let causes: VaultCauses

    /// - Parameter token: `nil` for logins.
    /// - Returns: an answer in Vault's form with a status below 500 other than 3xx and 429, or a cipher's refusal.
    /// - Throws: `.unreachable`, `.misconfigured`.
    func send(_ request: VaultRequest, token: HTTPSecretHeader?) async throws(CustodyError) -> VaultAnswer {
        let end = Self.now() + times.deadlineSeconds
        var attempt = 0
        while true {
            let failure: CustodyError
            var retryAfter: Int?
            switch try await once(request, token) {
            case .answer(let answer): return answer
            case .failed(let error, let isUntouched, let seconds):
                guard request.mayRepeat || isUntouched else { throw error }
                failure = error
                retryAfter = seconds
            }
            let pause = times.pause(after: attempt, retryAfter: retryAfter)
            guard Self.now() + pause < end, !Task.isCancelled else { throw failure }
            try? await Task.sleep(for: .seconds(pause))
            attempt += 1
        }
    }

    private enum Outcome {
        case answer(VaultAnswer)
        /// - isUntouched: whether the Vault surely did nothing.
        case failed(CustodyError, isUntouched: Bool, retryAfter: Int?)
    }

    private func once(_ request: VaultRequest, _ token: HTTPSecretHeader?) async throws(CustodyError) -> Outcome {
        let answer: VaultAnswer
        do throws(HTTPTransportError) { answer = try await attempt(request, token) } catch {
            switch error {
            case .unreachable: return .failed(causes.unreachable(error), isUntouched: true, retryAfter: nil)
            case .timeout, .protocolError, .aborted, .bodyTooLarge:
                return .failed(causes.unreachable(error), isUntouched: false, retryAfter: nil)
            case .tls(let reason):
                if causes.isCertificateFault(reason) { throw causes.tls(reason) }
                return .failed(causes.unreachable(error), isUntouched: true, retryAfter: nil)
            case .invalidURL, .invalidRequest, .plaintextRefused, .library: throw causes.unusable(error)
            }
        }
        switch answer.status {
        case 300..<400: throw causes.redirected(answer.status)
        case 429, 500...:
            if answer.isAuthenticationFailure || answer.errors.contains("past the max TTL") { return .answer(answer) }
            // A 503 of Vault's own says that it is sealed or not active; a balancer's may hide a request that arrived.
            let isUntouched = answer.status == 429 || answer.status == 503 && answer.isVaults
            return .failed(causes.busy(answer), isUntouched: isUntouched, retryAfter: answer.retryAfter)
        default:
            guard answer.isVaults else { throw causes.notAVault(answer.status) }
            return .answer(answer)
        }
    }

    private func attempt(_ request: VaultRequest, _ token: HTTPSecretHeader?) async throws(HTTPTransportError) -> VaultAnswer {
        var http = HTTPRequest(method: request.method, path: "/v1/" + request.path, headers: [("X-Vault-Request", "true")])
        if let namespace { http.headers.append(("X-Vault-Namespace", namespace)) }
        if let token { http.secretHeaders = [token] }
        switch request.body {
        case .none: if request.method != "GET" { http.body = .bytes([]) }
        case .plain(let bytes):
            http.headers.append(("Content-Type", "application/json"))
            http.body = .bytes(bytes)
        case .secret(let text):
            http.headers.append(("Content-Type", "application/json"))
            http.body = .secret(SecretBox(text.withBytes { SecretBytes(copying: $0) }))
        }
        if request.hasSecretAnswer {
            let answer = try await client.sendForSecret(http)
            var json: JSONText?
            if let text = answer.body?.take() { json = JSONText(text) }
            return VaultAnswer(
                status: answer.status, retryAfter: Self.seconds(answer.head.header("Retry-After")), json: json, hasBody: answer.body != nil)
        }
        let answer = try await client.send(http)
        return VaultAnswer(
            status: answer.status, retryAfter: Self.seconds(answer.header("Retry-After")), json: JSONText(answer.body),
            hasBody: !answer.body.isEmpty)
    }

    /// Whole seconds; the date form is not used by Vault.
    private static func seconds(_ text: String?) -> Int? {
        guard let text, (1...6).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }

    /// Seconds of a clock that also runs while the machine sleeps.
    static func now() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
