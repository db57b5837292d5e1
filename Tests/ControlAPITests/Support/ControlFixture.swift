import Audit
import Broker
import Custody
import Envelope
import Foundation
import Model
import SecretMemory
import Sessions
import Store

@testable import ControlAPI

/// A broker behind its real listeners: a TCP port the system chose and a Unix socket.
final class ControlFixture: Sendable {
    let directory: String
    let store: SQLiteStore
    let broker: Broker
    let server: ControlServer
    let bound: BoundControl
    private let task: Task<Void, any Error>

    init(
        registration: Registration = .invite, origins: [String] = [], tls: (certificate: String, key: String)? = nil,
        assistedUnlock: Bool = true, bodySeconds: Int = 30, clock: @escaping @Sendable () -> UInt64 = SystemClock.seconds,
        directory given: String? = nil
    ) async throws {
        let directory = try given ?? Self.makeDirectory()
        let data = directory + "/data"
        try SQLiteStore.makeDirectory(data)
        let keyring = directory + "/config/keyring"
        try KeyringFile.create(at: keyring, dataDirectory: data, now: 1_800_000_000)
        let store = try SQLiteStore(directory: data)
        let broker = Broker(
            store: store, custody: try KeyringFile(path: keyring, dataDirectory: data), sessions: SessionTable(),
            audit: AuditLog(store: store, clockMilliseconds: { SystemClock.seconds() * 1_000 }), usage: UsageMeter(shards: 1),
            configuration: try BrokerConfiguration(
                registration: registration, listensOnLoopbackOnly: true, assistedUnlock: assistedUnlock, version: "test",
                memoryLocked: false),
            origins: try OwnOrigins(named: origins), clock: clock)
        try await broker.start()
        var configuration = ControlConfiguration()
        configuration.port = 0
        configuration.bodySeconds = bodySeconds
        configuration.socketPath = data + "/control.sock"
        configuration.tlsCertificateFile = tls?.certificate
        configuration.tlsKeyFile = tls?.key
        let server = try ControlServer(broker: broker, configuration: configuration, metrics: [broker])
        self.directory = directory
        self.store = store
        self.broker = broker
        self.server = server
        task = Task { try await server.run() }
        bound = try await server.waitUntilListening()
    }

    static func makeDirectory() throws -> String {
        let directory = NSTemporaryDirectory() + "tacit-control-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return directory
    }

    var tcp: RawClient { RawClient(target: .tcp(bound.port ?? 0)) }
    var unix: RawClient { RawClient(target: .unix(bound.socketPath ?? "")) }
    var origin: String { "http://127.0.0.1:\(bound.port ?? 0)" }

    /// Stops the listeners and waits until they are gone.
    func stop() async {
        await Self.end(task)
    }

    deinit {
        let (task, store, directory) = (task, store, directory)
        Task {
            await Self.end(task)
            try? store.close()
            try? FileManager.default.removeItem(atPath: directory)
        }
    }

    /// NIO ends the process where a server is cancelled between accepting a connection and taking it up, which a refusal that comes from
    /// the pipeline does not wait for; so the server gets a moment. (A broker is not cancelled: it shuts down.)
    private static func end(_ task: Task<Void, any Error>) async {
        try? await Task.sleep(for: .milliseconds(100))
        task.cancel()
        _ = await task.result
    }
}

extension RawClient.Answer {
    /// The code of an error in our shape; `nil` where the body is not one.
    var code: String? {
        guard let message = try? WireJSON.decode(ErrorMessage.self, from: Array(body.utf8)), message.type == "error",
            message.error.type == "tacit_error", message.requestID == fields["tacit-request-id"]
        else { return nil }
        return message.error.code
    }

    func decoded<T: Codable>(_ type: T.Type) throws -> T { try WireJSON.decode(type, from: Array(body.utf8)) }
}
