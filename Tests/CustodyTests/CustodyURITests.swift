import Testing

@testable import Custody

@Suite struct CustodyURITests {
    @Test(arguments: [
        "", "file", "file:", "file:/a/", "File:/a", "https://vault.example/transit/tacit", "vault:https://a/b/c", "vault-transit:",
        "vault-transit:https://vault.example", "vault-transit:https://vault.example/", "vault-transit:https://vault.example/transit",
        "vault-transit:https://vault.example/transit/", "vault-transit:https://vault.example//tacit", "vault-transit:tacit",
        "vault-transit:https://vault.example/../keys/tacit", "vault-transit:https://vault.example/./tacit",
        "vault-transit:https://vault.example/transit/a%2Fb", "vault-transit:https://vault.example/transit/a b",
        "vault-transit:https://vault.example/transit/tacit?x=1", "vault-transit:https://vault.example/transit/tacit#x",
        "vault-transit:https://user:password@vault.example/transit/tacit", "vault-transit:http://vault.example/transit/tacit",
        "vault-transit:http://10.0.0.1:8200/transit/tacit", "vault-transit:ftp://vault.example/transit/tacit",
        "vault-transit:https://vault.example:0/transit/tacit", "vault-transit:unix:/run/vault.sock/transit/tacit",
        "vault-transit:https://vault.example/transit/schlüssel", "vault-kv:https://vault.example/secret",
        "vault-kv:https://vault.example/a%2F%2Fb/c",
        "vault-kv:https://vault.example/secret/a%2Fb", "vault-kv:https://vault.example/secret/a/../b",
        "vault-transit:https://vault.example/\(String(repeating: "a", count: 129))/b",
        "file:/\(String(repeating: "a", count: 1024))",
    ])
    func `refuses what names no custody, and says the right form`(text: String) {
        do throws(CustodyError) {
            _ = try CustodyURI.parse(text)
            Issue.record("it was taken")
        } catch {
            guard case .misconfigured(let reason) = error, reason.contains("run: tacit serve --kek") else {
                Issue.record("\(error)")
                return
            }
            #expect(!reason.contains("password"))
        }
    }

    @Test(arguments: [
        ("file:/etc/tacit/keyring", "file:/etc/tacit/keyring"),
        ("vault-transit:https://Vault.Example:8200/transit/tacit", "vault-transit:https://vault.example:8200/transit/tacit"),
        ("vault-transit:https://vault.example/a/b/transit/tacit-1.x", "vault-transit:https://vault.example:443/a/b/transit/tacit-1.x"),
        ("vault-transit:http://127.0.0.1:8200/transit/tacit", "vault-transit:http://127.0.0.1:8200/transit/tacit"),
        ("vault-transit:http://localhost:8200/transit/tacit", "vault-transit:http://localhost:8200/transit/tacit"),
        ("vault-transit:https://[::1]:8200/transit/tacit", "vault-transit:https://[::1]:8200/transit/tacit"),
        ("vault-transit:transit/tacit", "vault-transit:transit/tacit"),
        ("vault-kv:https://vault.example:8200/secret/app/tacit", "vault-kv:https://vault.example:8200/secret/app/tacit"),
        ("vault-kv:https://vault.example:8200/team%2Fkv/app", "vault-kv:https://vault.example:8200/team%2Fkv/app"),
    ])
    func `reads what it writes, in one form`(text: String, canonical: String) throws {
        let uri = try CustodyURI.parse(text)
        #expect(uri.text == canonical)
        #expect(try CustodyURI.parse(canonical) == uri)
    }

    @Test func `opens a keyring file as before, without looking at Vault's settings`() async throws {
        let place = try TemporaryDirectory()
        defer { place.remove() }
        let settings = VaultSettings(skipVerify: "1")
        for isNew in [true, false] {
            let opened = try await Custodies.open(
                .file(path: place.keyring), settings: settings, dataDirectory: place.data, isNewStore: isNew, now: 5)
            #expect(opened.isNew == isNew)
            #expect(opened.custody.uri == "file:" + place.keyring)
            #expect(try await opened.custody.versions().all == [KEKVersion(number: 1, createdAt: 5)])
        }
    }
}
