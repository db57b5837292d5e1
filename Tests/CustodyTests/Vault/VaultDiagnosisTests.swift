import Envelope
import Foundation
import Model
import Primitives
import Testing

@testable import Custody

/// What is wrong with a Vault that answers: named plainly, with the next command, at the start, by each call and by `status`.
@Suite struct VaultDiagnosisTests {
    @Test(
        arguments: VaultServer.all,
        [
            (["derived": false], "is not derived"), (["derived": true, "convergent_encryption": true], "is convergent"),
            (["derived": true, "exportable": true], "is exportable"),
            (["derived": true, "allow_plaintext_backup": true], "allows plaintext backups"),
            (["type": "rsa-2048"], "is of type rsa-2048"), (["type": "ecdsa-p256"], "is of type ecdsa-p256"),
            (["type": "aes128-gcm96"], "is of type aes128-gcm96"),
        ] as [([String: any Sendable], String)])
    func `refuses a key that must not hold wraps`(kind: VaultServer.Kind, _ key: ([String: any Sendable], String)) async throws {
        let place = try await VaultPlace(VaultServer.shared(kind), key: key.0)
        defer { place.directory.remove() }
        try await expect(place, "the key tacit at \(place.mount) \(key.1)", "/keys/NAME derived=true, and name that key in --kek")
    }

    @Test(arguments: VaultServer.all, ["exportable", "allow_plaintext_backup"])
    func `a key that goes bad wraps nothing more, and gives back what it wrapped`(kind: VaultServer.Kind, _ setting: String) async throws {
        let place = try await VaultPlace(VaultServer.shared(kind))
        defer { place.directory.remove() }
        let custody = try await place.transit()
        let item = WrapItem(plaintext: Blob([1]), context: try CustodySuite.context("one"))
        let wrap = UnwrapItem(wrap: try await custody.wrap([item])[0], context: item.context)
        try await place.server.api("POST", "\(place.mount)/keys/tacit/config", [setting: true])
        for custody in [custody, try await place.transit()] {
            await expectMisconfigured("and name that key in --kek") { _ = try await custody.wrap([item]) }
            await expectMisconfigured("and name that key in --kek") { _ = try await custody.rewrap([wrap]) }
            #expect(await custody.status().state == .misconfigured)
            #expect(try await custody.unwrap([wrap]) == [item.plaintext])
        }
    }

    @Test(arguments: VaultServer.all)
    func `a missing key is named and never made, whatever the token may do`(kind: VaultServer.Kind) async throws {
        let server = try VaultServer.shared(kind)
        let place = try await VaultPlace(server, key: nil)
        defer { place.directory.remove() }
        try await place.allow([
            "encrypt": "create\", \"update", "decrypt": "update", "rewrap": "update", "key": "read", "keys/tacit/rotate": "update",
        ])
        try await expect(
            place, "there is no transit key tacit at \(place.mount)", "run: vault write -f \(place.mount)/keys/tacit derived=true")
        let custody = try await place.transit()
        await expectMisconfigured("there is no transit key") {
            _ = try await custody.wrapSecret(Random.secret(32), context: CustodySuite.context("a"))
        }
        await expectMisconfigured("there is no transit key") { try await custody.addVersion(after: 0) }
        await expectMisconfigured("there is no transit key") { try await custody.retire(1) }
        #expect(try await server.api("GET", "\(place.mount)/keys/tacit", allow: [404])["data"] == nil)
    }

    @Test(arguments: VaultServer.all)
    func `a key that goes while we work is not made again`(kind: VaultServer.Kind) async throws {
        let server = try VaultServer.shared(kind)
        let place = try await VaultPlace(server)
        defer { place.directory.remove() }
        try await place.allow(VaultPlace.policy.merging(["encrypt": "create\", \"update"]) { $1 })
        let custody = try await place.transit()
        let item = WrapItem(plaintext: Blob([1]), context: try CustodySuite.context("one"))
        let wrap = try await custody.wrap([item])[0]
        try await server.api("POST", "\(place.mount)/keys/tacit/config", ["deletion_allowed": true])
        try await server.api("DELETE", "\(place.mount)/keys/tacit")
        await expectMisconfigured("there is no transit key") { _ = try await custody.wrap([item]) }
        await expectMisconfigured("there is no transit key") {
            _ = try await custody.unwrap([UnwrapItem(wrap: wrap, context: item.context)])
        }
        await expectMisconfigured("there is no transit key") {
            _ = try await custody.rewrap([UnwrapItem(wrap: wrap, context: item.context)])
        }
        #expect(try await server.api("GET", "\(place.mount)/keys/tacit", allow: [404])["data"] == nil)
    }

    @Test(arguments: VaultServer.all)
    func `nothing mounted, and something else mounted, are told apart`(kind: VaultServer.Kind) async throws {
        let server = try VaultServer.shared(kind)
        let place = try await VaultPlace(server, key: nil, type: "kv")
        defer { place.directory.remove() }
        try await expect(place, "is no transit", "run: vault ")
        try await server.api("DELETE", "sys/mounts/\(place.mount)")
        try await expect(place, "nothing is mounted at \(place.mount)", "run: vault secrets enable -path=\(place.mount) transit")
    }

    @Test(arguments: VaultServer.all, ["key", "encrypt", "decrypt"])
    func `a right that is missing is named with its path, at the start too`(kind: VaultServer.Kind, _ right: String) async throws {
        let place = try await VaultPlace(VaultServer.shared(kind))
        defer { place.directory.remove() }
        try await place.allow(VaultPlace.policy.filter { $0.key != right })
        let path = right == "key" ? "\(place.mount)/keys/tacit" : "\(place.mount)/\(right)/tacit"
        let capability = right == "key" ? "read" : "update"
        try await expect(place, "may not \(capability) \(path)", "path \"\(path)\" { capabilities = [\"\(capability)\"] }")
    }

    @Test(arguments: VaultServer.all, ["encrypt", "decrypt"])
    func `a right that goes while we work is named by status at once, and stays named until it is back`(
        kind: VaultServer.Kind, _ right: String
    ) async throws {
        let place = try await VaultPlace(VaultServer.shared(kind))
        defer { place.directory.remove() }
        let custody = try await place.transit()
        let item = WrapItem(plaintext: Blob([1]), context: try CustodySuite.context("one"))
        let wrap = UnwrapItem(wrap: try await custody.wrap([item])[0], context: item.context)
        #expect(await custody.status().state == .ok)
        let path = "may not update \(place.mount)/\(right)/tacit"
        for isByCall in [false, true] {
            _ = try await custody.versions()
            try await place.allow(VaultPlace.policy.filter { $0.key != right })
            if isByCall {
                await expectMisconfigured(path) {
                    if right == "encrypt" { _ = try await custody.wrap([item]) } else { _ = try await custody.unwrap([wrap]) }
                }
            } else {
                let status = await custody.status()
                #expect(status.state == .misconfigured && status.cause.contains(path), "\(status.cause)")
            }
            await expectMisconfigured(path) { _ = try await custody.versions() }
            try await place.allow(VaultPlace.policy)
            _ = try await custody.versions()
            #expect(await custody.status().state == .ok)
        }
    }

    @Test(arguments: VaultServer.all)
    func `rights that only some operations need stop those operations only`(kind: VaultServer.Kind) async throws {
        let place = try await VaultPlace(VaultServer.shared(kind))
        defer { place.directory.remove() }
        try await place.allow(VaultPlace.policy.filter { ["key", "encrypt", "decrypt"].contains($0.key) })
        let custody = try await place.transit()
        let item = WrapItem(plaintext: Blob([1]), context: try CustodySuite.context("one"))
        let wrap = UnwrapItem(wrap: try await custody.wrap([item])[0], context: item.context)
        await expectMisconfigured("\(place.mount)/rewrap/tacit") { _ = try await custody.rewrap([wrap]) }
        await expectMisconfigured("\(place.mount)/keys/tacit/rotate") { try await custody.addVersion(after: 1) }
        try await place.server.api("POST", "\(place.mount)/keys/tacit/rotate")
        await expectMisconfigured("\(place.mount)/keys/tacit/config") { try await custody.retire(1) }
        #expect(try await custody.unwrap([wrap]) == [item.plaintext])
        #expect(await custody.status().state == .ok)
    }

    @Test(arguments: VaultServer.standIns)
    func `a server that ignores contexts is not used, whatever it says of the key`(kind: VaultServer.Kind) async throws {
        let server = try VaultServer(kind)
        let place = try await VaultPlace(server, key: ["derived": false])
        defer { place.directory.remove() }
        try await server.control("/pretend", ["mount": place.mount, "key": "tacit"])
        try await expect(place, "opens a wrap under a foreign context", "derived=true, and name that key in --kek")
    }

    @Test func `a certificate nobody vouches for is named, and VAULT_CACERT cures it`() async throws {
        let certificate = try TestCertificate("IP:127.0.0.1")
        let server = try VaultServer(.new, certificate: (certificate.certificatePath, certificate.keyPath))
        let place = try await VaultPlace(server)
        defer { place.directory.remove() }
        try await expect(place, "the certificate of \(server.origin) is not trusted", "run: export VAULT_CACERT=FILE")
        var settings = place.settings(.token(VaultPlace.secret(try await place.token())))
        settings.caFile = certificate.certificatePath
        let custody = try VaultTransit(
            origin: server.origin, mount: place.mount, key: "tacit", settings: settings, dataDirectory: place.directory.data)
        #expect(await custody.status().state == .ok)
        let other = try TestCertificate("DNS:vault.example.test")
        let wrong = try VaultServer(.new, certificate: (other.certificatePath, other.keyPath))
        settings.caFile = other.certificatePath
        let misnamed = try VaultTransit(
            origin: wrong.origin, mount: "transit", key: "tacit", settings: settings, dataDirectory: place.directory.data)
        await expectMisconfigured("is not trusted") { _ = try await misnamed.versions() }
    }

    @Test(arguments: VaultServer.standIns)
    func `a dead token is told from a right that is missing`(kind: VaultServer.Kind) async throws {
        let server = try VaultServer(kind)
        let place = try await VaultPlace(server)
        defer { place.directory.remove() }
        let token = try await place.token()
        let custody = try place.transit(.token(VaultPlace.secret(token)))
        #expect(await custody.status().state == .ok)
        try await server.control("/revoke", ["token": token])
        await expectMisconfigured("the token of VAULT_TOKEN is dead") { _ = try await custody.versions() }
        #expect(await custody.status().state == .misconfigured)
        let nobody = try place.transit(.token(VaultPlace.secret("hvs.nobody")))
        await expectMisconfigured("the token of VAULT_TOKEN is dead") { _ = try await nobody.versions() }
        // Without the default policy a token cannot look itself up; where it is allowed what it does, it works all the same.
        let plain = try place.transit(.token(VaultPlace.secret(try await place.token(["no_default_policy": true]))))
        #expect(await plain.status().state == .ok)
        try await place.allow(["key": "read"])
        await expectMisconfigured("or the token is dead: it may not look itself up either") { try await plain.addVersion(after: 1) }
    }

    @Test(arguments: VaultServer.standIns)
    func `a namespace goes with each request`(kind: VaultServer.Kind) async throws {
        let server = try VaultServer(kind)
        let place = try await VaultPlace(server)
        defer { place.directory.remove() }
        var settings = place.settings(.token(VaultPlace.secret(try await place.token())))
        settings.namespace = "team-a"
        let custody = try VaultTransit(
            origin: server.origin, mount: place.mount, key: "tacit", settings: settings, dataDirectory: place.directory.data)
        try await server.control("/counts/clear")
        #expect(await custody.status().state == .ok)
        let counts = try await server.counts()
        let requests = counts.filter { $0.key.contains("/v1/") }.values.reduce(0, +)
        #expect(requests > 0)
        #expect(counts["namespace team-a"] == requests)
    }

    /// The start, a call and `status` all say it.
    private func expect(_ place: VaultPlace, _ part: String, _ end: String, _ location: SourceLocation = #_sourceLocation) async throws {
        let settings = place.settings(.token(VaultPlace.secret(try await place.token())))
        let uri = CustodyURI.vaultTransit(origin: place.server.origin, mount: place.mount, key: place.key)
        await expectMisconfigured(
            part,
            {
                _ = try await Custodies.open(uri, settings: settings, dataDirectory: place.directory.data, isNewStore: true, now: 1)
            }, location)
        let custody = try await place.transit()
        await expectMisconfigured(
            part, { _ = try await custody.wrap([WrapItem(plaintext: Blob([1]), context: CustodySuite.context("a"))]) }, location)
        let status = await custody.status()
        #expect(status.state == .misconfigured, sourceLocation: location)
        #expect(status.cause.contains(part) && status.cause.contains(end), "\(status.cause)", sourceLocation: location)
    }
}
