import Broker
import HTTPTypes
import Hummingbird
import Measures
import Model
import NIOCore
import SecretMemory

/// Answers one request: finds out who asks, reads what was sent, calls the broker, writes what it says.
struct RouteHandler: Sendable {
    let broker: Broker
    let metrics: [any MetricsSource]
    let transport: Transport

    func respond(_ operation: Operation, _ request: Request, _ context: ControlContext) async throws -> Response {
        switch operation {
        case .health: return try Self.answer(["status": "ok"])
        case .readiness:
            let readiness = broker.readiness
            return try Self.answer(readiness, status: readiness.status == "ready" ? .ok : .serviceUnavailable)
        case .info: return try Self.answer(broker.info)
        default: break
        }
        let peer = Peer(transport: transport, address: transport == .unix ? "unix" : context.address ?? "unknown")
        let call = Call(principal: try await principal(request), peer: peer, requestID: context.requestID)
        if operation == .metrics {
            try broker.allowMetrics(call)
            return try await MetricsAnswer.make(request, metrics)
        }
        let input = RouteInput(operation: operation, request: request, context: context, call: call, broker: broker)
        switch operation {
        case .createInvitation, .createAccount, .showAccount, .replaceSlots, .startLogin, .finishLogin, .logout, .rotateAccountKey,
            .renewAccount:
            return try await accountRoute(input)
        case .listKeys, .enrollKey, .revokeKey, .unlock: return try await keyRoute(input)
        case .listRecipients, .rotateKey, .activateVersion, .rollBackVersion, .retireVersion, .exportCiphertexts:
            return try await versionRoute(input)
        case .createAccess, .listAccess, .revokeAccess: return try await accessRoute(input)
        case .listSessions, .createSession, .revokeSession, .showOwnSession, .revokeOwnSession, .lock, .assistedUnlock:
            return try await sessionRoute(input)
        case .showKEK, .newKEKVersion, .rotateKEK, .showKEKRotation, .retireKEKVersion: return try await kekRoute(input)
        case .listUsage, .listAudit, .health, .readiness, .info, .metrics: return try await recordRoute(input)
        }
    }

    /// Who asks. A bearer decides; without one, whoever came over the Unix socket is the operator.
    ///
    /// The header's value is a `String` of Hummingbird's that cannot be wiped from here: it is copied into guarded memory, compared by its
    /// SHA-256 or by its verifier, and released with the request, where the executable's wiping `free` takes it.
    private func principal(_ request: Request) async throws -> Principal {
        guard let value = request.headers[.authorization] else { return transport == .unix ? .operator : .anonymous }
        let scheme = "bearer "
        guard value.utf8.count > scheme.utf8.count, value.utf8.count <= 512, value.prefix(scheme.count).lowercased() == scheme else {
            throw BrokerError(.tokenMalformed, "use Authorization: Bearer and a token; run: tacit status")
        }
        let text = Array(value.utf8.dropFirst(scheme.utf8.count))
        let bearer = SecretBytes(count: text.count) { out in
            for (index, byte) in text.enumerated() { out.storeBytes(of: byte, toByteOffset: index, as: UInt8.self) }
        }
        var copy = consume text
        wipe(&copy)
        return try await broker.authenticate(bearer: bearer)
    }

    /// A message as JSON.
    static func answer(_ message: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        answer(json: ByteBuffer(bytes: try WireJSON.encode(message)), status: status)
    }

    /// JSON that is written already.
    static func answer(json: ByteBuffer, status: HTTPResponse.Status) -> Response {
        Response(status: status, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: json))
    }
}
