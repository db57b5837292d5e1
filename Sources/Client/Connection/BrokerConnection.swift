package import HTTPTransport
package import Model

/// Speaks with one broker's control plane as Docs/openapi.yaml describes it.
package final class BrokerConnection: Sendable {
    /// Where the broker is, as this device dials it; a login signature covers it.
    package let origin: HTTPOrigin
    private let client: HTTPClient

    /// Opens no connection yet.
    /// - Parameter caFile: certificates trusted beside the system's, PEM (`TACIT_CA_FILE`).
    /// - Throws: `.transport` for a file that cannot be used.
    package init(origin: HTTPOrigin, caFile: String? = nil) throws(ClientError) {
        self.origin = origin
        // A failed login is answered after up to 30 s.
        do { client = try HTTPClient(origin: origin, caFile: caFile, timeoutSeconds: 60) } catch {
            throw .transport(error, broker: origin.description)
        }
    }

    /// Whether this is the operator's socket: a call over it without a bearer is the operator's.
    package var isControlSocket: Bool { origin.loginOrigin == "unix" }

    /// Asks for something.
    package func get<Answer: Codable & Sendable>(
        _ path: String, bearer: HTTPSecretHeader? = nil, as type: Answer.Type
    ) async throws(ClientError) -> Answer {
        try decode(type, try await send("GET", path, body: nil, bearer: bearer))
    }

    /// Sends a message and reads the answer.
    package func send<Answer: Codable & Sendable>(
        _ method: String = "POST", _ path: String, _ message: some Encodable, bearer: HTTPSecretHeader? = nil, as type: Answer.Type
    ) async throws(ClientError) -> Answer {
        let body: [UInt8]
        do { body = try WireJSON.encode(message) } catch { throw .invalidInput("\(error)") }
        return try decode(type, try await send(method, path, body: body, bearer: bearer))
    }

    /// Calls a route that takes no body.
    package func post<Answer: Codable & Sendable>(
        _ path: String, bearer: HTTPSecretHeader? = nil, as type: Answer.Type
    ) async throws(ClientError) -> Answer {
        try decode(type, try await send("POST", path, body: nil, bearer: bearer))
    }

    /// Calls a route that takes and answers nothing.
    package func post(_ path: String, bearer: HTTPSecretHeader? = nil) async throws(ClientError) {
        _ = try await send("POST", path, body: nil, bearer: bearer)
    }

    /// `GET /readyz`, whose 503 is an answer too.
    package func readiness() async throws(ClientError) -> InfoMessages.Readiness {
        let answer = try await exchange(HTTPRequest(method: "GET", path: "/readyz"))
        guard answer.status == 200 || answer.status == 503 else { throw refusal(answer) }
        return try decode(InfoMessages.Readiness.self, answer.body)
    }

    private func send(_ method: String, _ path: String, body: [UInt8]?, bearer: HTTPSecretHeader?) async throws(ClientError) -> [UInt8] {
        var request = HTTPRequest(method: method, path: path, headers: [("Accept", "application/json")])
        if let bearer { request.secretHeaders = [bearer] }
        if let body {
            request.headers.append(("Content-Type", "application/json"))
            request.body = .bytes(body)
        }
        let answer = try await exchange(request)
        guard (200...299).contains(answer.status) else { throw refusal(answer) }
        return answer.body
    }

    private func exchange(_ request: HTTPRequest) async throws(ClientError) -> HTTPResponse {
        do { return try await client.send(request) } catch { throw .transport(error, broker: origin.description) }
    }

    private func decode<Answer: Codable>(_ type: Answer.Type, _ body: [UInt8]) throws(ClientError) -> Answer {
        do { return try WireJSON.decode(type, from: body) } catch { throw .unusableAnswer(error.reason) }
    }

    private func refusal(_ answer: HTTPResponse) -> ClientError {
        guard let message = try? WireJSON.decode(ErrorMessage.self, from: answer.body) else {
            return .unusableAnswer("status \(answer.status) without an error of Tacit's; is TACIT_URL a Tacit broker?")
        }
        return .refused(status: answer.status, code: message.error.code, message: Self.printable(message.error.message))
    }

    // The broker may not be ours: no control byte of its text reaches a terminal.
    private static func printable(_ text: String) -> String {
        String(
            text.unicodeScalars.prefix(500).map { $0.value < 0x20 && $0 != "\n" || (0x7f...0x9f).contains($0.value) ? "?" : Character($0) })
    }
}
