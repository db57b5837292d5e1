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
    /// - Parameter maximumCount: longest body, in bytes.
    func message<T: Codable & Sendable>(
        _ type: T.Type, maximumCount: Int = RequestBodyReader.maximumCount
    ) async throws -> T {
        try await recorded { try await RequestBodyReader.message(type, from: request, maximumCount: maximumCount) }
    }

    /// The alias in the path.
    func alias() async throws -> Alias {
        try await recorded {
            guard let alias = context.parameters.get("alias").flatMap({ Alias($0) }) else {
                throw BrokerError(.aliasUnknown, "an alias is 1 to 32 of a-z, 0-9 and -; run: tacit keys")
            }
            return alias
        }
    }

    /// The number of a key version in the path.
    func version() async throws -> UInt32 {
        try await recorded {
            let text = context.parameters.get("version")
            guard let text, let version = UInt32(text), version >= 1, String(version) == text else {
                throw BrokerError(.notFound, "there is no such version; run: tacit keys")
            }
            return version
        }
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
