import Broker
import Hummingbird
import Model

extension RouteHandler {
    func kekRoute(_ input: RouteInput) async throws -> Response {
        let call = input.call
        switch input.operation {
        case .showKEK: return try Self.answer(try await broker.showKEK(call: call))
        case .newKEKVersion:
            try await input.requireNoBody()
            return try Self.answer(try await broker.newKEKVersion(call: call), status: .created)
        case .rotateKEK:
            let message = try await input.message(KEKMessages.Rotate.self)
            return try Self.answer(try await broker.rotateKEK(message, call: call), status: .accepted)
        case .showKEKRotation: return try Self.answer(try await broker.showKEKRotation(call: call))
        case .retireKEKVersion:
            try await input.requireNoBody()
            let epoch = try await input.recorded {
                guard let text = input.context.parameters.get("epoch"), let epoch = UInt32(text), String(epoch) == text else {
                    throw BrokerError(.notFound, "there is no such KEK version; run: tacit kek status")
                }
                return epoch
            }
            return try Self.answer(try await broker.retireKEKVersion(epoch, call: call))
        default: throw HTTPError(.notFound)
        }
    }
}
