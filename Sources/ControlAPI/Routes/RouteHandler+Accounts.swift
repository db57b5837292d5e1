import Broker
import HTTPTypes
import Hummingbird
import Model

extension RouteHandler {
    func accountRoute(_ input: RouteInput) async throws -> Response {
        let call = input.call
        switch input.operation {
        case .createInvitation:
            try await input.requireNoBody()
            return try Self.answer(try await broker.createInvitation(call: call), status: .created)
        case .createAccount:
            let message = try await input.message(AccountMessages.Create.self)
            return try Self.answer(try await broker.createAccount(message, call: call), status: .created)
        case .showAccount: return try Self.answer(try await broker.showAccount(call: call))
        case .replaceSlots:
            let message = try await input.message(AccountMessages.ReplaceSlots.self)
            return try Self.answer(try await broker.replaceSlots(message, call: call))
        case .startLogin:
            let message = try await input.message(AccountMessages.LoginStart.self)
            return try Self.answer(try await broker.startLogin(message, call: call))
        case .finishLogin:
            let message = try await input.message(AccountMessages.LoginFinish.self)
            return try Self.answer(try await broker.finishLogin(message, call: call))
        case .logout:
            try await input.requireNoBody()
            try await broker.logout(call: call)
            return Response(status: .noContent)
        case .rotateAccountKey:
            return try await broker.largeBody(input.operation, call: call) {
                let message = try await input.message(
                    RotationMessages.AccountKeyChange.self, maximumCount: Broker.maximumAccountKeyBytes)
                return try Self.answer(try await broker.rotateAccountKey(message, call: call))
            }
        case .renewAccount:
            return try await broker.largeBody(input.operation, call: call) {
                let message = try await input.message(RotationMessages.Renewal.self, maximumCount: Broker.maximumRenewalBytes)
                return try Self.answer(try await broker.renewAccount(message, call: call), status: .created)
            }
        default: throw HTTPError(.notFound)
        }
    }
}
