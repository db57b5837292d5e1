import Broker
import Hummingbird
import Model

extension RouteHandler {
    func recordRoute(_ input: RouteInput) async throws -> Response {
        switch input.operation {
        case .listUsage:
            let query = try await input.query("since", "by", "account")
            let since = try await input.recorded { try Self.number(query["since"], default: 0) }
            let dimensions = try await input.recorded { try Self.dimensions(query["by"]) }
            return try Self.answer(
                try await broker.listUsage(since: since, by: dimensions, account: query["account"], call: input.call))
        case .listAudit:
            let query = try await input.query("last")
            let last = try await input.recorded { try Self.number(query["last"], default: 100) }
            return try Self.answer(try await broker.listAudit(last: Int(clamping: last), call: input.call))
        default: throw HTTPError(.notFound)
        }
    }

    private static func dimensions(_ text: String?) throws(BrokerError) -> Set<UsageMessages.Dimension> {
        guard let text else { return .usual }
        guard let dimensions = Set<UsageMessages.Dimension>(names: text) else {
            throw BrokerError(.malformed, "by is a list of day, session, alias, version and status, each once, between commas")
        }
        return dimensions
    }

    private static func number(_ text: String?, default value: UInt64) throws(BrokerError) -> UInt64 {
        guard let text else { return value }
        guard let number = UInt64(text), String(number) == text else { throw BrokerError(.malformed, "a number is needed in the query") }
        return number
    }
}
