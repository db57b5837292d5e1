import Custody
import Foundation
import SecretMemory

/// A mount with a key and a policy of its own on a server, and what a test does with them.
struct VaultPlace {
    static let policy = [
        "encrypt": "update", "decrypt": "update", "rewrap": "update", "rotate": "update", "config": "update", "key": "read",
    ]

    let server: VaultServer
    let mount = "transit-\(UUID().uuidString.prefix(8).lowercased())"
    let key = "tacit"
    var policyName: String { "policy-\(mount)" }
    let directory: TemporaryDirectory

    /// - Parameters:
    ///   - key: what it is made with.
    ///   - type: of the mount.
    init(_ server: VaultServer, key: [String: Any]? = ["derived": true], type: String = "transit", trim: Bool = false) async throws {
        self.server = server
        directory = try TemporaryDirectory()
        try await server.api("POST", "sys/mounts/\(mount)", ["type": type, "options": ["version": "2"]])
        if let key {
            var settings = key
            let configured = ["exportable", "allow_plaintext_backup"].filter { settings[$0] != nil }
            for name in configured { settings[name] = nil }
            try await server.api("POST", "\(mount)/keys/\(self.key)", settings)
            for name in configured { try await server.api("POST", "\(mount)/keys/\(self.key)/config", [name: true]) }
        }
        try await allow(trim ? Self.policy.merging(["trim": "update"]) { $1 } : Self.policy)
    }

    /// What the tokens of this place may do.
    func allow(_ rights: [String: String]) async throws {
        let rules = rights.map { operation, capability in
            let path =
                switch operation {
                case "key": "\(mount)/keys/\(key)"
                case "rotate", "config", "trim": "\(mount)/keys/\(key)/\(operation)"
                case "encrypt", "decrypt", "rewrap": "\(mount)/\(operation)/\(key)"
                default: "\(mount)/\(operation)"
                }
            return "path \"\(path)\" { capabilities = [\"\(capability)\"] }"
        }
        try await server.api("POST", "sys/policies/acl/\(policyName)", ["policy": rules.joined(separator: "\n")])
    }

    func token(_ more: [String: Any] = ["ttl": "1h"]) async throws -> String {
        let answer = try await server.api("POST", "auth/token/create-orphan", more.merging(["policies": [policyName]]) { $1 })
        guard let auth = answer["auth"] as? [String: Any], let token = auth["client_token"] as? String else {
            throw VaultServer.Failure(description: "no token")
        }
        return token
    }

    /// An AppRole role; its role id, and the file its secret id stands in.
    func appRole(_ settings: [String: Any] = [:]) async throws -> VaultLoginMethod {
        let auth = "approle-\(mount)"
        try await server.api("POST", "sys/auth/\(auth)", ["type": "approle"])
        let role = ["token_policies": [policyName], "token_ttl": "1h"].merging(settings) { $1 } as [String: Any]
        try await server.api("POST", "auth/\(auth)/role/app", role)
        let id = try await server.data("GET", "auth/\(auth)/role/app/role-id")["role_id"] as? String ?? ""
        let secret = try await server.data("POST", "auth/\(auth)/role/app/secret-id")["secret_id"] as? String ?? ""
        return .appRole(mount: auth, roleID: id, secretID: .value(Self.secret(secret)))
    }

    func settings(_ method: VaultLoginMethod) -> VaultSettings {
        var settings = VaultSettings(methods: [method])
        settings.times.deadlineSeconds = 2
        settings.times.longestPauseSeconds = 0.3
        settings.times.callSeconds = 30
        return settings
    }

    func transit(_ method: VaultLoginMethod) throws -> VaultTransit {
        try VaultTransit(
            origin: server.origin, mount: mount, key: key, settings: settings(method), dataDirectory: directory.data)
    }

    func transit() async throws -> VaultTransit { try transit(.token(Self.secret(try await token()))) }

    static func secret(_ text: String) -> VaultSecret { unsafe VaultSecret(SecretBytes(copying: Array(text.utf8).span.bytes)) }
}
