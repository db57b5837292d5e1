import Broker
import Hummingbird
import Model
import NIOCore
import SecretMemory

extension RouteHandler {
    func sessionRoute(_ input: RouteInput) async throws -> Response {
        let call = input.call
        switch input.operation {
        case .listSessions:
            let query = try await input.query("account")
            return try Self.answer(try await broker.listSessions(account: query["account"], call: call))
        case .createSession:
            let message = try await input.message(SessionMessages.Create.self)
            return try Self.answer(try await broker.createSession(message, call: call), status: .created)
        case .revokeSession:
            try await input.requireNoBody()
            let id = try await input.recorded {
                guard let id = input.context.parameters.get("session_id").flatMap({ SessionID(text: $0) }) else {
                    throw BrokerError(.notFound, "there is no such session; run: tacit sessions")
                }
                return id
            }
            return try Self.answer(try await broker.revokeSession(id, call: call))
        case .showOwnSession: return try Self.answer(try await broker.showOwnSession(call: call))
        case .revokeOwnSession:
            try await input.requireNoBody()
            return try Self.answer(try await broker.revokeOwnSession(call: call))
        case .lock:
            try await input.requireNoBody()
            return try Self.answer(try await broker.lock(call: call))
        case .assistedUnlock: return try await assistedUnlock(input)
        default: throw HTTPError(.notFound)
        }
    }

    /// The passphrase is read into guarded memory, and only if the route is there for this caller at all.
    private func assistedUnlock(_ input: RouteInput) async throws -> Response {
        try await input.recorded { try broker.requireAssistedUnlock(from: input.call.peer) }
        let box = try await input.recorded { SecretBox(try await RequestBodyReader.secret(from: input.request)) }
        guard let body = box.take() else { throw HTTPError(.internalServerError) }
        let unlocked = try await broker.assistedUnlock(body: body, call: input.call)
        guard let token = unlocked.token.take() else { throw HTTPError(.internalServerError) }
        return Self.answer(json: try Self.unlockedJSON(unlocked.session, token: token), status: .created)
    }

    /// The `Unlocked` message with the token copied straight from guarded memory into the answer's buffer.
    static func unlockedJSON(_ session: SessionMessages.Session, token: borrowing SecretBytes) throws -> ByteBuffer {
        let session = try WireJSON.encode(session)
        var json = ByteBuffer()
        json.reserveCapacity(session.count + token.count + 32)
        json.writeString("{\"session\":")
        json.writeBytes(session)
        json.writeString(",\"token\":\"")
        token.withBytes { bytes in
            _ = unsafe bytes.withUnsafeBytes { unsafe json.writeBytes($0) }
        }
        json.writeString("\"}")
        return json
    }
}
