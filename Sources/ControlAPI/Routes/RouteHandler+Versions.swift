import Broker
import HTTPTypes
import Hummingbird
import Model

extension RouteHandler {
    func versionRoute(_ input: RouteInput) async throws -> Response {
        let call = input.call
        switch input.operation {
        case .listRecipients:
            return try Self.answer(try await broker.listRecipients(try await input.alias(), call: call))
        case .rotateKey:
            let alias = try await input.alias()
            let message = try await input.message(RotationMessages.AddVersion.self)
            return try Self.answer(try await broker.rotateKey(message, alias: alias, call: call), status: .created)
        case .activateVersion:
            let (alias, version) = (try await input.alias(), try await input.version())
            let message = try await input.message(RotationMessages.Activate.self)
            return try Self.answer(
                try await broker.activateVersion(version, of: alias, graceSeconds: message.graceSeconds, call: call))
        case .rollBackVersion:
            let (alias, version) = (try await input.alias(), try await input.version())
            try await input.requireNoBody()
            return try Self.answer(try await broker.rollBackVersion(version, of: alias, call: call))
        case .retireVersion:
            let (alias, version) = (try await input.alias(), try await input.version())
            try await input.requireNoBody()
            return try Self.answer(try await broker.retireVersion(version, of: alias, call: call))
        case .exportCiphertexts:
            let alias = try await input.alias()
            try await input.requireNoBody()
            return try Self.answer(try await broker.exportCiphertexts(alias, call: call))
        default: throw HTTPError(.notFound)
        }
    }

    func accessRoute(_ input: RouteInput) async throws -> Response {
        let call = input.call
        switch input.operation {
        case .createAccess:
            let message = try await input.message(AccessMessages.Create.self)
            return try Self.answer(try await broker.createAccess(message, call: call), status: .created)
        case .listAccess:
            let query = try await input.query("account")
            return try Self.answer(try await broker.listAccess(account: query["account"], call: call))
        case .revokeAccess:
            try await input.requireNoBody()
            let id = try await input.recorded {
                guard let id = input.context.parameters.get("writer_id").flatMap({ WriterID(text: $0) }) else {
                    throw BrokerError(.notFound, "there is no such access file; run: tacit access list")
                }
                return id
            }
            return try Self.answer(try await broker.revokeAccess(id, call: call))
        default: throw HTTPError(.notFound)
        }
    }
}
