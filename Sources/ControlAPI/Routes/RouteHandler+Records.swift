import Broker
import Hummingbird

extension RouteHandler {
    func recordRoute(_ input: RouteInput) async throws -> Response {
        switch input.operation {
        case .listUsage:
            let query = try await input.query("since", "account")
            let since = try await input.recorded { try Self.number(query["since"], default: 0) }
            return try Self.answer(try await broker.listUsage(since: since, account: query["account"], call: input.call))
        case .listAudit:
            let query = try await input.query("last")
            let last = try await input.recorded { try Self.number(query["last"], default: 100) }
            return try Self.answer(try await broker.listAudit(last: Int(clamping: last), call: input.call))
        default: throw HTTPError(.notFound)
        }
    }

    private static func number(_ text: String?, default value: UInt64) throws(BrokerError) -> UInt64 {
        guard let text else { return value }
        guard let number = UInt64(text), String(number) == text else { throw BrokerError(.malformed, "a number is needed in the query") }
        return number
    }
}
