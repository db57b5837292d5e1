import Foundation
import Model
import Testing

@testable import Custody

/// Where tokens come from, their renewal, and the next one.
@Suite struct VaultLoginTests {
    @Test(arguments: VaultServer.standIns)
    func `a token file is read again when it changes, and a dead token in it is named`(kind: VaultServer.Kind) async throws {
        try await withPlace(kind) { server, place in
            let path = place.directory.keys + "/token"
            func write(_ text: String) throws {
                try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
                try place.directory.set(mode: 0o600, of: path)
            }
            let first = try await place.token()
            try write(first + "\n")
            let custody = try place.transit(.tokenFile(path: path))
            #expect(await custody.status().state == .ok)
            try await server.control("/revoke", ["token": first])
            await expectMisconfigured("the token in \(path) is dead") { _ = try await custody.versions() }
            try write(try await place.token())
            #expect(try await custody.versions().current == 1)
            try place.directory.set(mode: 0o604, of: path)
            await expectMisconfigured("run: chmod 600 \(path)") { _ = try await custody.versions() }
            try FileManager.default.removeItem(atPath: path)
            await expectMisconfigured("\(path) cannot be read") { _ = try await custody.versions() }
            try write(" \n")
            await expectMisconfigured("\(path) is blank") { _ = try await custody.versions() }
            try write("not a token")
            await expectMisconfigured("is none") { _ = try await custody.versions() }
        }
    }

    @Test(arguments: VaultServer.all)
    func `AppRole logs in, once for calls that come together, and again when its token is gone`(kind: VaultServer.Kind) async throws {
        try await withPlace(kind) { server, place in
            let custody = try place.transit(try await place.appRole())
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { _ = try await custody.versions() } }
                try await group.waitForAll()
            }
            guard server.admin != nil else { return }
            let path = "POST /v1/auth/approle-\(place.mount)/login"
            #expect(try await server.counts()[path] == 1)
            for token in try await server.tokens() where token != server.rootToken { try await server.control("/revoke", ["token": token]) }
            #expect(try await custody.versions().current == 1)
            #expect(try await server.counts()[path] == 2)
        }
    }

    @Test(arguments: VaultServer.all)
    func `AppRole credentials that are refused are named`(kind: VaultServer.Kind) async throws {
        try await withPlace(kind) { server, place in
            guard case .appRole(let mount, let roleID, _) = try await place.appRole() else { return }
            let wrong: [VaultLoginMethod] = [
                .appRole(mount: mount, roleID: roleID, secretID: .value(VaultPlace.secret("wrong"))),
                .appRole(mount: mount, roleID: "wrong", secretID: .value(VaultPlace.secret("wrong"))),
                .appRole(mount: mount, roleID: roleID, secretID: nil),
                .appRole(mount: "nowhere", roleID: roleID, secretID: .value(VaultPlace.secret("wrong"))),
            ]
            for method in wrong {
                let custody = try place.transit(method)
                await expectMisconfigured("refuses the role id or secret id") { _ = try await custody.versions() }
            }
            let path = place.directory.keys + "/absent"
            let custody = try place.transit(.appRole(mount: mount, roleID: roleID, secretID: .file(path: path)))
            await expectMisconfigured("\(path) cannot be read") { _ = try await custody.versions() }
        }
    }

    @Test(arguments: VaultServer.standIns)
    func `Kubernetes logs in with the token of its file, which is read for each login`(kind: VaultServer.Kind) async throws {
        try await withPlace(kind) { server, place in
            let path = place.directory.keys + "/jwt"
            let role = ["mount": "k8s", "role": "tacit", "jwt": "ey.first", "policies": [place.policyName], "ttl": 3600] as [String: Any]
            try await server.control("/kubernetes", role)
            let custody = try place.transit(.kubernetes(mount: "k8s", role: "tacit", tokenPath: path))
            await expectMisconfigured("\(path) cannot be read") { _ = try await custody.versions() }
            try Data("ey.wrong".utf8).write(to: URL(filePath: path))
            await expectMisconfigured("Kubernetes login at auth/k8s refuses role tacit") { _ = try await custody.versions() }
            try Data("ey.first\n".utf8).write(to: URL(filePath: path))
            #expect(try await custody.versions().current == 1)
            let unknown = try place.transit(.kubernetes(mount: "k8s", role: "other", tokenPath: path))
            await expectMisconfigured("refuses role other") { _ = try await unknown.versions() }
        }
    }

    @Test func `a short token is renewed before it ends, for as long as the upkeep runs`() async throws {
        try await withBoth { server, place in
            let custodies = [
                try place.transit(.token(VaultPlace.secret(try await place.token(["ttl": "6s"])))),
                try place.transit(.token(VaultPlace.secret(try await place.token(["period": "6s"])))),
            ]
            let upkeep = Task {
                await withTaskGroup(of: Void.self) { group in
                    for custody in custodies { group.addTask { await custody.run() } }
                }
            }
            try await Task.sleep(for: .seconds(7.5))
            for custody in custodies { #expect(try await custody.versions().current == 1) }
            upkeep.cancel()
            await upkeep.value
            #expect(try await server.counts()["POST /v1/auth/token/renew-self", default: 0] >= 2)
            try await Task.sleep(for: .seconds(6.5))
            for custody in custodies { await expectMisconfigured("is dead") { _ = try await custody.versions() } }
        }
    }

    @Test func `at the end of a token's life AppRole logs in anew, without a call that fails`() async throws {
        try await withBoth { server, place in
            let custody = try place.transit(try await place.appRole(["token_ttl": "6s", "token_max_ttl": "8s"]))
            let upkeep = Task { await custody.run() }
            for _ in 0..<90 {
                #expect(try await custody.versions().current == 1)
                try await Task.sleep(for: .milliseconds(100))
            }
            upkeep.cancel()
            await upkeep.value
            let counts = try await server.counts()
            #expect(counts["POST /v1/auth/approle-\(place.mount)/login", default: 0] >= 2)
        }
    }

    @Test func `a given token that cannot be renewed is used to its end, and status warns`() async throws {
        try await withBoth { server, place in
            let custody = try place.transit(.token(VaultPlace.secret(try await place.token(["ttl": "9s", "renewable": false]))))
            let upkeep = Task { await custody.run() }
            try await Task.sleep(for: .seconds(6.5))
            let status = await custody.status()
            #expect(status.state == .ok)
            #expect(status.notes.count == 1)
            #expect(status.notes.first?.contains("ends in") == true)
            upkeep.cancel()
            await upkeep.value
        }
    }

    @Test func `a given token at the end of its life is renewed as long as Vault does, and status warns`() async throws {
        try await withBoth { server, place in
            let custody = try place.transit(.token(VaultPlace.secret(try await place.token(["ttl": "10s", "explicit_max_ttl": "14s"]))))
            let upkeep = Task { await custody.run() }
            var warned = false
            for _ in 0..<130 {
                let status = await custody.status()
                guard status.state == .ok else { break }
                if status.notes.contains(where: { $0.contains("and Vault does not renew it; run: vault token create") }) { warned = true }
                guard !warned else { break }
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(warned)
            upkeep.cancel()
            await upkeep.value
        }
    }

    @Test(arguments: VaultServer.standIns)
    func `a token that may neither look itself up nor renew itself is used without a warning`(kind: VaultServer.Kind) async throws {
        try await withPlace(kind) { server, place in
            let custody = try place.transit(.token(VaultPlace.secret(try await place.token(["no_default_policy": true, "ttl": "1h"]))))
            let upkeep = Task { await custody.run() }
            try await Task.sleep(for: .milliseconds(500))
            #expect(await custody.status() == CustodyStatus(try await custody.versions()))
            #expect(try await server.counts()["POST /v1/auth/token/renew-self"] == 1)
            upkeep.cancel()
            await upkeep.value
        }
    }

    @Test(arguments: VaultServer.standIns)
    func `batch tokens and tokens for a few calls work as far as they go`(kind: VaultServer.Kind) async throws {
        try await withPlace(kind) { server, place in
            let batch = try place.transit(.token(VaultPlace.secret(try await place.token(["type": "batch", "ttl": "1h"]))))
            #expect(await batch.status().state == .ok)
            let few = try place.transit(try await place.appRole(["token_num_uses": 5]))
            for _ in 0..<20 { #expect(try await few.versions().current == 1) }
        }
    }

    /// The waiting of both generations goes on at once.
    private func withBoth(_ body: @escaping @Sendable (VaultServer, VaultPlace) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for kind in VaultServer.standIns { group.addTask { try await withPlace(kind, body) } }
            try await group.waitForAll()
        }
    }

    private func withPlace(_ kind: VaultServer.Kind, _ body: (VaultServer, VaultPlace) async throws -> Void) async throws {
        let server = try kind == .real ? VaultServer.shared(.real) : VaultServer(kind)
        let place = try await VaultPlace(server)
        defer { place.directory.remove() }
        try await body(server, place)
    }
}
