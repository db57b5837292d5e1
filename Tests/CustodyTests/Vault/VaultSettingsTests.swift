import Foundation
import HTTPTransport
import SecretMemory
import Testing

@testable import Custody

@Suite struct VaultSettingsTests {
    @Test(arguments: ["1", "true", "TRUE", "yes", "please"])
    func `refuses to leave out the check of certificates`(value: String) throws {
        let settings = read(["VAULT_SKIP_VERIFY": value, "VAULT_TOKEN": "hvs.a"])
        try expectRefusal(settings, "run: unset VAULT_SKIP_VERIFY")
        for off in ["0", "false", ""] {
            _ = try custody(read(["VAULT_SKIP_VERIFY": off, "VAULT_TOKEN": "hvs.a"]))
        }
    }

    @Test func `refuses none and several ways to a token, and halves of one`() throws {
        try expectRefusal(read(["HOME": "/nonexistent"]), "no way to a Vault token is set")
        try expectRefusal(read(["VAULT_TOKEN": "a", "VAULT_ROLE_ID": "b"]), "several ways")
        try expectRefusal(read(["VAULT_TOKEN_FILE": "a", "VAULT_KUBERNETES_ROLE": "b"]), "several ways")
        try expectRefusal(read(["VAULT_SECRET_ID": "a", "VAULT_TOKEN": "b"]), "without VAULT_ROLE_ID")
        try expectRefusal(read(["VAULT_ROLE_ID": "a", "VAULT_SECRET_ID": "b", "VAULT_SECRET_ID_FILE": "c"]), "are both set")
        try expectRefusal(read(["VAULT_NAMESPACE": "a b", "VAULT_TOKEN": "a"]), "VAULT_NAMESPACE is no namespace")
        try expectRefusal(read(["VAULT_CACERT": "/nonexistent", "VAULT_TOKEN": "a"]), "VAULT_CACERT /nonexistent")
    }

    @Test func `how long an answer may take is VAULT_CLIENT_TIMEOUT's to say, within bounds`() throws {
        for bad in ["0", "301", "-1", "1.5", "s", "15 s", "6m", "1h", "9999999999999999999", "١٥"] {
            try expectRefusal(read(["VAULT_CLIENT_TIMEOUT": bad, "VAULT_TOKEN": "a"]), "export VAULT_CLIENT_TIMEOUT=15")
        }
        for (text, seconds, connecting) in [("1", 1, 1), ("60s", 60, 5), ("5m", 300, 5), ("", 15, 5)] {
            let times = read(["VAULT_CLIENT_TIMEOUT": text]).times
            #expect(times.callSeconds == seconds && times.connectSeconds == connecting)
        }
    }

    @Test func `takes secrets out of the environment, and overwrites them where they stood`() throws {
        let block = TestEnvironment(["VAULT_TOKEN": "hvs.canary-of-this-test", "VAULT_ROLE_ID": ""])
        let settings = VaultSettings.fromEnvironment(block.environment)
        guard case .token(let secret) = try settings.method() else {
            Issue.record("another way")
            return
        }
        #expect(secret == VaultPlace.secret("hvs.canary-of-this-test"))
        #expect(block.removed == ["VAULT_TOKEN"])
        #expect(block.bytes(of: "VAULT_TOKEN").count == 23)
        #expect(block.bytes(of: "VAULT_TOKEN").allSatisfy { $0 == 0 })
    }

    @Test func `reads the process's own environment`() throws {
        #expect(VaultEnvironment.process.text("PATH") == ProcessInfo.processInfo.environment["PATH"])
        #expect(VaultEnvironment.process.text("TACIT_NO_SUCH_VARIABLE") == nil)
    }

    @Test func `reads each way to a token, with its defaults`() throws {
        guard case .tokenFile("/run/token") = try read(["VAULT_TOKEN_FILE": "/run/token"]).method() else {
            Issue.record("no token file")
            return
        }
        let role = try read(["VAULT_ROLE_ID": "role", "VAULT_SECRET_ID": "secret"]).method()
        guard case .appRole("approle", "role", .value(let secret)?) = role, secret == VaultPlace.secret("secret") else {
            Issue.record("\(role)")
            return
        }
        let file = try read(["VAULT_ROLE_ID": "role", "VAULT_SECRET_ID_FILE": "/run/id", "VAULT_APPROLE_MOUNT": "apps"]).method()
        guard case .appRole("apps", "role", .file("/run/id")?) = file else {
            Issue.record("\(file)")
            return
        }
        let kubernetes = try read(["VAULT_KUBERNETES_ROLE": "tacit"]).method()
        guard case .kubernetes("kubernetes", "tacit", "/var/run/secrets/kubernetes.io/serviceaccount/token") = kubernetes else {
            Issue.record("\(kubernetes)")
            return
        }
    }

    @Test func `takes the login of vault's own command line where nothing else is set`() throws {
        let home = try TemporaryDirectory()
        defer { home.remove() }
        try Data("hvs.a".utf8).write(to: URL(filePath: home.root + "/.vault-token"))
        guard case .tokenFile(home.root + "/.vault-token") = try read(["HOME": home.root]).method() else {
            Issue.record("not taken")
            return
        }
        guard case .token = try read(["HOME": home.root, "VAULT_TOKEN": "hvs.b"]).method() else {
            Issue.record("not the variable")
            return
        }
    }

    @Test func `VAULT_ADDR stands in for an address that --kek does not name, under the same rules`() throws {
        let uri = try CustodyURI.parse("vault-transit:transit/tacit")
        guard case .vaultTransit(nil, "transit", "tacit") = uri else {
            Issue.record("\(uri)")
            return
        }
        #expect(try read(["VAULT_ADDR": "https://vault.example:8200/"]).origin(nil).description == "https://vault.example:8200")
        for (address, part) in [
            ("http://vault.example:8200", "without TLS"), ("unix:/run/vault", "Unix socket"), ("vault.example", "VAULT_ADDR is"),
        ] {
            let settings = read(["VAULT_ADDR": address])
            do throws(CustodyError) {
                _ = try settings.origin(nil)
                Issue.record("\(address) was taken")
            } catch {
                guard case .misconfigured(let text) = error else { throw error }
                #expect(text.contains(part), "\(text)")
            }
        }
        #expect(throws: CustodyError.self) { try read([:]).origin(nil) }
    }

    private func read(_ variables: [String: String]) -> VaultSettings {
        VaultSettings.fromEnvironment(TestEnvironment(variables).environment)
    }

    private func custody(_ settings: VaultSettings) throws(CustodyError) -> VaultTransit {
        try VaultTransit(
            origin: CustodyURI.origin("https://127.0.0.1:8200", "test"), mount: "transit", key: "tacit", settings: settings,
            dataDirectory: "/")
    }

    private func expectRefusal(_ settings: VaultSettings, _ part: String, _ location: SourceLocation = #_sourceLocation) throws {
        do throws(CustodyError) {
            _ = try custody(settings)
            Issue.record("it was taken", sourceLocation: location)
        } catch {
            guard case .misconfigured(let text) = error else { throw error }
            #expect(text.contains(part) && text.contains("run: "), sourceLocation: location)
        }
    }
}
