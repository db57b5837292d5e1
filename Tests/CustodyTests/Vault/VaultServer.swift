import Custody
import Foundation
import HTTPTransport
import SecretMemory
import Synchronization

/// A Vault to test against: the stand-in of either generation, or a real server where there is one. A process we started ends with the value.
final class VaultServer: Sendable {
    enum Kind: String, CaseIterable, Sendable, CustomStringConvertible {
        case old = "1.8"
        case new = "1.14"
        /// `TACIT_TEST_VAULT_ADDR` with `TACIT_TEST_VAULT_TOKEN`, else `vault` or `bao` on PATH.
        case real

        var description: String { self == .real ? "a real server" : "the stand-in, \(rawValue)" }
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static let standIns = [Kind.old, .new]
    static var all: [Kind] { RealVault.isThere ? standIns + [.real] : standIns }

    private static let sharedServers = Mutex<[Kind: VaultServer]>([:])

    /// One server for every test that only uses a place of its own on it; it ends with the tests, because its standard input does.
    static func shared(_ kind: Kind) throws -> VaultServer {
        try sharedServers.withLock { servers in
            if let server = servers[kind] { return server }
            let server = try VaultServer(kind)
            servers[kind] = server
            return server
        }
    }

    let origin: HTTPOrigin
    let rootToken: String
    /// The stand-in's control port; `nil` for a real server.
    let admin: HTTPOrigin?
    private let process: Process?
    private let client: HTTPClient

    init(_ kind: Kind, certificate: (certificate: String, key: String)? = nil) throws {
        if kind == .real {
            (origin, rootToken, process) = try RealVault.start()
            admin = nil
        } else {
            let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            var arguments = ["python3", script.appending(path: "Doubles/vault").path, "--generation", kind.rawValue]
            if let certificate { arguments += ["--tls", certificate.certificate, certificate.key] }
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = arguments
            process.standardInput = Pipe()
            process.standardOutput = output
            try process.run()
            struct Start: Decodable {
                let port: Int
                let admin: Int
                let token: String
            }
            let start = try JSONDecoder().decode(Start.self, from: output.fileHandleForReading.availableData)
            origin = try HTTPOrigin.parse("\(certificate == nil ? "http" : "https")://127.0.0.1:\(start.port)")
            admin = try HTTPOrigin.parse("http://127.0.0.1:\(start.admin)")
            rootToken = start.token
            self.process = process
        }
        client = try HTTPClient(origin: origin, caFile: certificate?.certificate)
    }

    deinit {
        guard let process, process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// A call of Vault's own API with the root token.
    @discardableResult
    func api(_ method: String, _ path: String, _ body: [String: Any]? = nil, allow: Set<Int> = [200, 204]) async throws -> [String: Any] {
        let token = try unsafe HTTPSecretHeader(name: "X-Vault-Token", value: SecretBytes(copying: Array(rootToken.utf8).span.bytes))
        var request = HTTPRequest(method: method, path: "/v1/" + path, secretHeaders: [token])
        if method != "GET" { request.body = .bytes(Array(try JSONSerialization.data(withJSONObject: body ?? [:]))) }
        return try Self.object(try await client.send(request), "\(method) \(path)", allow)
    }

    /// The same, of what stands under `data`.
    func data(_ method: String, _ path: String, _ body: [String: Any]? = nil) async throws -> [String: Any] {
        try await api(method, path, body)["data"] as? [String: Any] ?? [:]
    }

    /// What the stand-in is told behind the client's back.
    @discardableResult
    func control(_ path: String, _ body: [String: Any] = [:]) async throws -> [String: Any] {
        guard let admin else { throw Failure(description: "a real server takes no orders") }
        let request = HTTPRequest(method: "POST", path: path, body: .bytes(Array(try JSONSerialization.data(withJSONObject: body))))
        return try Self.object(try await HTTPClient(origin: admin).send(request), path, [200])
    }

    func fault(_ kind: String, _ match: String, count: Int = 1, _ more: [String: Any] = [:]) async throws {
        try await control("/faults", more.merging(["kind": kind, "match": match, "count": count]) { $1 })
    }

    /// How often each method and path was called since the counts were cleared.
    func counts() async throws -> [String: Int] {
        guard let admin else { throw Failure(description: "a real server counts nothing") }
        let answer = try await HTTPClient(origin: admin).send(HTTPRequest(method: "GET", path: "/counts"))
        return try JSONDecoder().decode([String: Int].self, from: Data(answer.body))
    }

    /// Every token that is not revoked.
    func tokens() async throws -> [String] {
        guard let admin else { throw Failure(description: "a real server lists no tokens") }
        let answer = try await HTTPClient(origin: admin).send(HTTPRequest(method: "GET", path: "/tokens"))
        return try JSONDecoder().decode([String].self, from: Data(answer.body))
    }

    private static func object(_ answer: HTTPResponse, _ what: String, _ allow: Set<Int>) throws -> [String: Any] {
        guard allow.contains(answer.status) else {
            throw Failure(description: "\(what): \(answer.status) \(String(decoding: answer.body, as: UTF8.self))")
        }
        guard !answer.body.isEmpty else { return [:] }
        return try JSONSerialization.jsonObject(with: Data(answer.body), options: .fragmentsAllowed) as? [String: Any] ?? [:]
    }
}
