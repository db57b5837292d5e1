import Envelope
import Foundation
import Model
import SecretMemory
import Testing

@testable import Custody

@Suite struct VaultTransitTests {
    @Test("Vault Transit keeps the protocol", arguments: VaultServer.all, CustodySuite.cases)
    func keepsTheProtocol(_ kind: VaultServer.Kind, _ rule: CustodySuite.Case) async throws {
        let place = try await VaultPlace(VaultServer.shared(kind))
        defer { place.directory.remove() }
        try await rule.run(CustodySuite.Setup(custody: place.transit(), other: place.transit()))
    }

    @Test(arguments: VaultServer.all)
    func `an empty plaintext is a plaintext, and a secret is never empty`(kind: VaultServer.Kind) async throws {
        let place = try await VaultPlace(VaultServer.shared(kind))
        defer { place.directory.remove() }
        let custody = try await place.transit()
        let context = try CustodySuite.context("empty")
        let wrap = try await custody.wrap([WrapItem(plaintext: Blob([]), context: context)])[0]
        #expect(try await custody.unwrap([UnwrapItem(wrap: wrap, context: context)]) == [Blob([])])
        await #expect(throws: CustodyError.integrity) { _ = try await custody.unwrapSecret(wrap, context: context) }
    }

    @Test(arguments: VaultServer.all)
    func `batches longer than one request come back whole and in order`(kind: VaultServer.Kind) async throws {
        let place = try await VaultPlace(VaultServer.shared(kind))
        defer { place.directory.remove() }
        let custody = try await place.transit()
        let contexts = try (0..<1100).map { try CustodySuite.context("item-\($0)") }
        let items = contexts.enumerated().map { WrapItem(plaintext: Blob(Array("plaintext \($0)".utf8)), context: $1) }
        let wraps = try await custody.wrap(items)
        try await custody.addVersion(after: 1)
        let moved = try await custody.rewrap(zip(wraps, contexts).map { UnwrapItem(wrap: $0, context: $1) })
        #expect(Set(moved.map { custody.version(of: $0) }) == [2])
        let opened = try await custody.unwrap(zip(moved, contexts).map { UnwrapItem(wrap: $0, context: $1) })
        #expect(opened == items.map(\.plaintext))
    }

    @Test func `a request is cut by items and by bytes`() throws {
        let context = try CustodySuite.context("one")
        func item(_ count: Int) -> TransitItem {
            TransitItem(name: "ciphertext", value: .text([UInt8](repeating: 65, count: count)[...]), context: context)
        }
        #expect(TransitBatch.cut([]).isEmpty)
        #expect(TransitBatch.cut((0..<1025).map { _ in item(1) }).map(\.items.count) == [512, 512, 1])
        let large = TransitBatch.cut((0..<60).map { _ in item(120_000) })
        #expect(large.map(\.items.count).reduce(0, +) == 60)
        #expect(large.count > 1)
        #expect(large.allSatisfy { $0.body.count <= TransitBatch.mostBytes && $0.items.count > 1 })
    }

    @Test(arguments: VaultServer.standIns)
    func `what one broker's token may not destroy is barred, and status says that it could be let in again`(kind: VaultServer.Kind)
        async throws
    {
        let server = try VaultServer(kind)
        let place = try await VaultPlace(server)
        defer { place.directory.remove() }
        let custody = try await place.transit()
        let context = try CustodySuite.context("one")
        let wrap = try await custody.wrap([WrapItem(plaintext: Blob([1]), context: context)])[0]
        try await custody.addVersion(after: 1)
        try await custody.retire(1)
        await #expect(throws: CustodyError.unknownVersion(1)) { _ = try await custody.unwrap([UnwrapItem(wrap: wrap, context: context)]) }
        let barred = await custody.status()
        #expect(barred.state == .ok)
        #expect(barred.notes.count == 1)
        #expect(barred.notes.first?.hasSuffix("run: vault write \(place.mount)/keys/tacit/trim min_available_version=2") == true)
        // With the right to trim, retiring again finishes it.
        try await place.allow(VaultPlace.policy.merging(["trim": "update"]) { $1 })
        try await custody.retire(1)
        #expect(await custody.status().notes.isEmpty)
        #expect(try await server.data("GET", "\(place.mount)/keys/tacit")["min_available_version"] as? Int == 2)
    }

    @Test(arguments: VaultServer.all)
    func `a version is not retired before the lower ones`(kind: VaultServer.Kind) async throws {
        let place = try await VaultPlace(VaultServer.shared(kind))
        defer { place.directory.remove() }
        let custody = try await place.transit()
        try await custody.addVersion(after: 1)
        try await custody.addVersion(after: 2)
        let before = try await custody.versions()
        do throws(CustodyError) {
            try await custody.retire(2)
            Issue.record("it was retired, and version 1 with it")
        } catch {
            guard case .misconfigured(let text) = error else { throw error }
            #expect(text.hasSuffix("version 1 of the key tacit is below 2 and still needed; run: tacit kek status"))
        }
        await expectMisconfigured("still needed") { try await custody.retire(2, needed: [1, 3]) }
        #expect(try await custody.versions() == before)
        // Versions from before the store used the key are nobody's.
        try await custody.retire(2, needed: [3])
        #expect(try await custody.versions().all.map(\.number) == [3])
    }

    @Test(arguments: VaultServer.standIns)
    func `what Vault bars and rows need is not destroyed`(kind: VaultServer.Kind) async throws {
        let server = try VaultServer(kind)
        let place = try await VaultPlace(server)
        defer { place.directory.remove() }
        try await place.allow(VaultPlace.policy.merging(["trim": "update"]) { $1 })
        let custody = try await place.transit()
        try await custody.addVersion(after: 1)
        let context = try CustodySuite.context("one")
        let wrap = try await custody.wrap([WrapItem(plaintext: Blob([1]), context: context)])[0]
        try await custody.addVersion(after: 2)
        let config = "\(place.mount)/keys/tacit/config"
        try await server.api("POST", config, ["min_decryption_version": 3, "min_encryption_version": 3])
        await expectMisconfigured("run: vault write \(config) min_decryption_version=2") { try await custody.retire(1, needed: [2, 3]) }
        try await server.api("POST", config, ["min_decryption_version": 1])
        #expect(try await custody.unwrap([UnwrapItem(wrap: wrap, context: context)]) == [Blob([1])])
    }

    @Test(arguments: VaultServer.standIns)
    func `a rotation whose answer is lost makes one version`(kind: VaultServer.Kind) async throws {
        let server = try VaultServer(kind)
        let place = try await VaultPlace(server)
        defer { place.directory.remove() }
        let custody = try await place.transit()
        try await server.fault("lose", "/rotate")
        #expect(try await custody.addVersion(after: 1).current == 2)
        #expect(try await server.counts()["POST /v1/\(place.mount)/keys/tacit/rotate"] == 1)
    }

    @Test(arguments: VaultServer.standIns)
    func `a balancer's 503 is no proof that nothing was rotated`(kind: VaultServer.Kind) async throws {
        let server = try VaultServer(kind)
        let place = try await VaultPlace(server)
        defer { place.directory.remove() }
        let custody = try await place.transit()
        // It arrived, and somebody in between answered.
        try await server.fault("after", "/rotate", ["status": 503, "body": "<html>no backend</html>"])
        #expect(try await custody.addVersion(after: 1).current == 2)
        #expect(try await server.counts()["POST /v1/\(place.mount)/keys/tacit/rotate"] == 1)
        // Vault's own 503 means that it did nothing.
        try await server.fault("status", "/rotate", ["status": 503])
        #expect(try await custody.addVersion(after: 2).current == 3)
        #expect(try await custody.versions().current == 3)
    }

    @Test(arguments: VaultServer.standIns)
    func `a tampered wrap is no failure of the server, and is not asked for again`(kind: VaultServer.Kind) async throws {
        let server = try VaultServer(kind)
        let place = try await VaultPlace(server)
        defer { place.directory.remove() }
        let custody = try await place.transit()
        let contexts = try (0..<16).map { try CustodySuite.context("item-\($0)") }
        var wraps = try await custody.wrap(contexts.map { WrapItem(plaintext: Blob([1]), context: $0) })
        wraps[5] = wraps[6]
        try await server.control("/counts/clear")
        let items = zip(wraps, contexts).map { UnwrapItem(wrap: $0, context: $1) }
        await #expect(throws: CustodyError.integrity) { _ = try await custody.unwrap(items) }
        await #expect(throws: CustodyError.integrity) { _ = try await custody.rewrap(items) }
        let path = "/v1/\(place.mount)"
        let expected = ["POST \(path)/decrypt/tacit": 1, "GET \(path)/keys/tacit": 1, "POST \(path)/rewrap/tacit": 1]
        #expect(try await server.counts() == expected)
        let answers = try await custody.unwrapEach(items)
        #expect(answers.indices.filter { answers[$0] == .failure(.integrity) } == [5])
    }
}
