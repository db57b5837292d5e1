import Broker
import Hummingbird
import Model

/// One request on its way to its route.
struct RouteInput: Sendable {
    let operation: Operation
    let request: Request
    let context: ControlContext
    let call: Call
    let broker: Broker

    /// The body as a message. What is refused here is written to the audit log where somebody known sent it.
    func message<T: Codable & Sendable>(_ type: T.Type) async throws -> T {
        try await recorded { try await RequestBodyReader.message(type, from: request) }
    }

    /// That there is no body.
    func requireNoBody() async throws {
        try await recorded { try await RequestBodyReader.requireNone(request) }
    }

    /// The query's parameters, each at most once and of a name the route knows.
    func query(_ names: String...) async throws -> [String: String] {
        try await recorded {
            var values: [String: String] = [:]
            for (key, value) in request.uri.queryParameters {
                guard names.contains(String(key)) else { throw BrokerError(.unknownField, "the query has an unknown parameter") }
                guard values.updateValue(String(value), forKey: String(key)) == nil else {
                    throw BrokerError(.malformed, "a query parameter is there twice")
                }
            }
            return values
        }
    }

    /// Runs a check of what was sent, and records its refusal.
    func recorded<R>(_ body: () async throws -> R) async throws -> R {
        do { return try await body() } catch {
            let refusal = (error as? BrokerError) ?? (error as? ModelError).map { BrokerError($0) }
            guard let refusal else { throw error }
            try await broker.recordRefusal(operation, call: call, error: refusal)
            throw refusal
        }
    }
}
