import Envelope
import Foundation
import Model
import SecretMemory
import Testing

@testable import Custody

@Suite struct VaultKVTests {
    private static let rights = [
        "data/app/tacit": "create\", \"read\", \"update", "metadata/app/tacit": "read", "destroy/app/tacit": "update",
    ]

    @Test("Vault KV keeps the protocol", arguments: VaultServer.all, CustodySuite.cases)
    func keepsTheProtocol(_ kind: VaultServer.Kind, _ rule: CustodySuite.Case) async throws {
        try await withPlace(kind) { place in
            let custody = try await kv(place)
            #expect(try await custody.prepare(now: 1_800_000_000))
            try await rule.run(CustodySuite.Setup(custody: custody, other: kv(place, mayCreate: false)))
        }
    }

    @Test(arguments: VaultServer.all)
    func `no keyring is made beside a store that is there, nor in the place of a deleted one`(kind: VaultServer.Kind) async throws {
        try await withPlace(kind) { place in
            let old = try await kv(place, mayCreate: false)
            await expectMisconfigured("run: vault kv metadata get -mount=\(place.mount) app/tacit") { _ = try await old.versions() }
            let new = try await kv(place)
            #expect(try await new.prepare(now: 1))
            #expect(try await old.versions() == KEKVersions(current: 1, all: [KEKVersion(number: 1, createdAt: 1)]))
            try await place.server.api("POST", "\(place.mount)/delete/app/tacit", ["versions": [1]])
            for custody in [old, new, try await kv(place)] {
                await expectMisconfigured("run: vault kv undelete -mount=\(place.mount) -versions=1 app/tacit") {
                    _ = try await custody.versions()
                }
            }
        }
    }

    @Test(arguments: VaultServer.all)
    func `retiring destroys every stored version that holds the old bytes, deleted ones too, and no other`(kind: VaultServer.Kind)
        async throws
    {
        try await withPlace(kind) { place in
            let custody = try await kv(place)
            try await custody.addVersion(after: custody.versions().current)  // entry 2: versions 1 and 2
            try await custody.addVersion(after: 2)  // entry 3: versions 1, 2 and 3
            try await place.server.api("POST", "\(place.mount)/delete/app/tacit", ["versions": [2]])
            try await custody.retire(1)  // entry 4: versions 2 and 3
            #expect(try await destroyed(place) == [1: true, 2: true, 3: true, 4: false])
            try await custody.addVersion(after: 3)  // entry 5
            try await custody.retire(2)  // entry 6
            #expect(try await destroyed(place) == [1: true, 2: true, 3: true, 4: true, 5: true, 6: false])
            #expect(try await custody.versions().all.map(\.number) == [3, 4])
        }
    }

    @Test(arguments: VaultServer.standIns)
    func `a version that is not destroyed although Vault said so is noticed, and retiring again finishes it`(kind: VaultServer.Kind)
        async throws
    {
        let server = try VaultServer(kind)
        let place = try await VaultPlace(server, key: nil, type: "kv")
        defer { place.directory.remove() }
        try await place.allow(Self.rights)
        let custody = try await kv(place)
        try await custody.addVersion(after: custody.versions().current)
        try await server.fault("keep", "/destroy/", count: 10)
        await expectMisconfigured("run: vault kv destroy -mount=\(place.mount) -versions=1 app/tacit") { try await custody.retire(1) }
        try await server.control("/faults/clear")
        try await custody.retire(1)
        #expect(try await destroyed(place) == [1: true, 2: true, 3: false])
    }

    @Test(arguments: VaultServer.standIns)
    func `a write whose answer is lost counts once`(kind: VaultServer.Kind) async throws {
        let server = try VaultServer(kind)
        let place = try await VaultPlace(server, key: nil, type: "kv")
        defer { place.directory.remove() }
        try await place.allow(Self.rights)
        let custody = try await kv(place)
        _ = try await custody.versions()
        try await server.fault("lose", "/data/", ["skip": 1])
        #expect(try await custody.addVersion(after: 1).all.map(\.number) == [1, 2])
        try await server.fault("lose", "/data/", ["skip": 1])
        try await custody.retire(1)
        #expect(try await custody.versions().all.map(\.number) == [2])
    }

    @Test(arguments: VaultServer.all)
    func `says what lies there instead of a keyring, and what may not be read`(kind: VaultServer.Kind) async throws {
        try await withPlace(kind) { place in
            let custody = try await kv(place)
            for data in [["keyring": "# tacit keyring v1\n"], ["other": "x"], ["keyring": ""]] {
                try await place.server.api("POST", "\(place.mount)/data/app/tacit", ["data": data])
                await expectMisconfigured("run: vault kv get -mount=\(place.mount) app/tacit") { _ = try await custody.versions() }
            }
            try await place.allow(["metadata/app/tacit": "read"])
            await expectMisconfigured("path \"\(place.mount)/data/app/tacit\" { capabilities = [\"read\"] }") {
                _ = try await custody.versions()
            }
        }
    }

    @Test(arguments: VaultServer.all)
    func `an entry that deletes itself works, and status warns of it`(kind: VaultServer.Kind) async throws {
        try await withPlace(kind) { place in
            let custody = try await kv(place)
            let versions = try await custody.versions()
            #expect(await custody.status() == CustodyStatus(versions))
            try await place.server.api("POST", "\(place.mount)/metadata/app/tacit", ["delete_version_after": "3h25m19s"])
            let status = await custody.status()
            #expect(status.state == .ok)
            let cure = "run: vault kv metadata put -mount=\(place.mount) -delete-version-after=0s app/tacit"
            #expect(status.notes.first?.hasSuffix(cure) == true)
        }
    }

    @Test(arguments: VaultServer.all)
    func `an engine of another type is named as that`(kind: VaultServer.Kind) async throws {
        let place = try await VaultPlace(VaultServer.shared(kind))
        defer { place.directory.remove() }
        try await place.allow(Self.rights)
        let custody = try await kv(place)
        await expectMisconfigured("run: vault secrets list -detailed") { _ = try await custody.versions() }
    }

    private func kv(_ place: VaultPlace, mayCreate: Bool = true) async throws -> VaultKV {
        let settings = place.settings(.token(VaultPlace.secret(try await place.token())))
        return try VaultKV(origin: place.server.origin, mount: place.mount, path: "app/tacit", settings: settings, mayCreate: mayCreate)
    }

    private func withPlace(_ kind: VaultServer.Kind, _ body: (VaultPlace) async throws -> Void) async throws {
        let place = try await VaultPlace(VaultServer.shared(kind), key: nil, type: "kv")
        defer { place.directory.remove() }
        try await place.allow(Self.rights)
        try await body(place)
    }

    private func destroyed(_ place: VaultPlace) async throws -> [Int: Bool] {
        let versions =
            try await place.server.data("GET", "\(place.mount)/metadata/app/tacit")["versions"] as? [String: [String: Any]] ?? [:]
        return Dictionary(uniqueKeysWithValues: versions.map { (Int($0) ?? 0, $1["destroyed"] as? Bool ?? false) })
    }
}

/// Expects `.misconfigured` with a cause that ends with, or holds, `part`.
func expectMisconfigured(_ part: String, _ body: () async throws -> Void, _ location: SourceLocation = #_sourceLocation) async {
    do {
        try await body()
        Issue.record("it was done", sourceLocation: location)
    } catch CustodyError.misconfigured(let cause) {
        #expect(cause.contains(part) && cause.contains("run: "), sourceLocation: location)
    } catch { Issue.record("\(error)", sourceLocation: location) }
}
