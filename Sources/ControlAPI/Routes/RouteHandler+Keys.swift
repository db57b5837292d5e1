import Broker
import Hummingbird
import Model

extension RouteHandler {
    func keyRoute(_ input: RouteInput) async throws -> Response {
        let call = input.call
        switch input.operation {
        case .listKeys: return try Self.answer(try await broker.listKeys(call: call))
        case .enrollKey:
            let message = try await input.message(KeyMessages.Enroll.self)
            return try Self.answer(try await broker.enrollKey(message, call: call), status: .created)
        case .revokeKey:
            try await input.requireNoBody()
            let query = try await input.query("account")
            let alias = try await input.alias()
            return try Self.answer(try await broker.revokeKey(alias, account: query["account"], call: call))
        case .unlock:
            let message = try await input.message(SessionMessages.Unlock.self)
            return try Self.answer(try await broker.unlock(message, call: call))
        default: throw HTTPError(.notFound)
        }
    }
}
