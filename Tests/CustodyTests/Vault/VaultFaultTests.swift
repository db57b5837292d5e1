import Envelope
import Foundation
import Model
import SecretMemory
import Testing

@testable import Custody

/// What a Vault does to us while it is up, down, slow, or not a Vault: each test has a server of its own.
@Suite struct VaultFaultTests {
    private static let item = (plaintext: Blob(Array("a plaintext".utf8)), name: "one")

    @Test(arguments: VaultServer.standIns)
    func `a call is tried again after what passes, for reading and for wrapping`(kind: VaultServer.Kind) async throws {
        try await withPlace(kind) { server, place, custody in
            let wrap = try await wrapOne(custody)
            let faults: [(String, [String: Any])] = [
                ("status", ["status": 500]), ("status", ["status": 502, "body": "<html>bad gateway</html>"]), ("status", ["status": 503]),
                ("status", ["status": 599]), ("rate", [:]), ("rate", ["retry_after": 0]), ("rate", ["retry_after": "0"]), ("close", [:]),
                ("drop", ["bytes": 40]), ("lose", [:]),
            ]
            for (kind, more) in faults {
                for operation in ["encrypt", "decrypt", "keys"] {
                    try await server.fault(kind, "/\(operation)/", count: 2, more)
                }
                #expect(try await open(custody, wrap) == [Self.item.plaintext], "\(kind) \(more)")
                _ = try await wrapOne(custody)
                try await server.control("/faults/clear")
            }
        }
    }

    @Test(arguments: VaultServer.standIns)
    func `what lasts is unreachable, with the cause, within the deadline`(kind: VaultServer.Kind) async throws {
        try await withPlace(kind) { server, place, custody in
            let wrap = try await wrapOne(custody)
            for (fault, part) in [("status", "fails (500: internal error)"), ("rate", "limits our rate"), ("close", "does not answer")] {
                try await server.fault(fault, "/decrypt/", count: 10_000, ["status": 500])
                let start = ContinuousClock.now
                await expectUnreachable(part) { _ = try await open(custody, wrap) }
                #expect(ContinuousClock.now - start < .seconds(8))
                try await server.control("/faults/clear")
            }
            try await server.fault("rate", "/decrypt/", count: 10_000, ["retry_after": 3600])
            let start = ContinuousClock.now
            await expectUnreachable("asks to wait 3600 s") { _ = try await open(custody, wrap) }
            // Waiting would go beyond the deadline, so it is not begun.
            #expect(ContinuousClock.now - start < .seconds(2))
        }
    }

    @Test(arguments: VaultServer.standIns)
    func `a sealed Vault is unreachable, says so, and works again without a restart`(kind: VaultServer.Kind) async throws {
        try await withPlace(kind) { server, place, custody in
            let wrap = try await wrapOne(custody)
            try await server.control("/seal")
            await expectUnreachable("is sealed; run: vault operator unseal") { _ = try await open(custody, wrap) }
            let status = await custody.status()
            #expect(status.state == .unreachable)
            #expect(status.cause.contains("is sealed"))
            #expect(status.versions == nil)
            try await server.control("/unseal")
            #expect(try await open(custody, wrap) == [Self.item.plaintext])
            #expect(await custody.status().state == .ok)
        }
    }

    @Test(arguments: VaultServer.standIns)
    func `a batch that is answered partly, in another order or cut off gives nothing`(kind: VaultServer.Kind) async throws {
        try await withPlace(kind) { server, place, custody in
            let contexts = try (0..<8).map { try CustodySuite.context("item-\($0)") }
            let items = contexts.map { WrapItem(plaintext: Self.item.plaintext, context: $0) }
            let wraps = try await custody.wrap(items)
            let unwraps = zip(wraps, contexts).map { UnwrapItem(wrap: $0, context: $1) }
            for operation in ["encrypt", "decrypt", "rewrap"] {
                // Only 1.13 and later echo the references that show another order.
                for fault in kind == .new ? ["partial", "reorder"] : ["partial"] {
                    try await server.fault(fault, "/\(operation)/")
                    await expectUnreachable(fault == "partial" ? "answered 7 of 8 items" : "answered item 0 with something else") {
                        switch operation {
                        case "encrypt": _ = try await custody.wrap(items)
                        case "decrypt": _ = try await custody.unwrap(unwraps)
                        default: _ = try await custody.rewrap(unwraps)
                        }
                    }
                }
            }
            try await server.fault("drop", "/decrypt/", count: 10_000, ["bytes": 200])
            await expectUnreachable("does not answer") { _ = try await custody.unwrap(unwraps) }
            try await server.control("/faults/clear")
            #expect(try await custody.unwrap(unwraps) == items.map(\.plaintext))
        }
    }

    @Test(arguments: VaultServer.standIns)
    func `an item that fails for a reason of the server's own is no damaged wrap`(kind: VaultServer.Kind) async throws {
        try await withPlace(kind) { server, place, custody in
            let contexts = try (0..<3).map { try CustodySuite.context("item-\($0)") }
            let wraps = try await custody.wrap(contexts.map { WrapItem(plaintext: Self.item.plaintext, context: $0) })
            let unwraps = zip(wraps, contexts).map { UnwrapItem(wrap: $0, context: $1) }
            for text in ["internal error", "context deadline exceeded"] {
                for operation in ["decrypt", "rewrap"] {
                    try await server.fault("item", "/\(operation)/", ["text": text])
                    await expectUnreachable("does not open (\(text)); run: vault status") {
                        if operation == "decrypt" {
                            _ = try await custody.unwrapEach(unwraps)
                        } else {
                            _ = try await custody.rewrap(unwraps)
                        }
                    }
                }
            }
            #expect(try await custody.unwrap(unwraps).count == 3)
        }
    }

    @Test func `what is no Vault, redirects or answers without end is named, and gets no second request`() async throws {
        try await withPlace(.new) { server, place, custody in
            let wrap = try await wrapOne(custody)
            try await server.fault("garbage", "/decrypt/")
            await expectMisconfigured("is no Vault; run: curl \(server.origin)/v1/sys/health") { _ = try await open(custody, wrap) }
            let elsewhere = try VaultServer(.new)
            for status in [301, 302, 307, 308] {
                try await server.fault(
                    "redirect", "/decrypt/", ["status": status, "to": "\(elsewhere.origin)/v1/\(place.mount)/decrypt/tacit"])
                await expectMisconfigured("sends us on to another address (\(status)), where no token goes") {
                    _ = try await open(custody, wrap)
                }
            }
            #expect(try await elsewhere.counts().isEmpty)
            try await server.fault("huge", "/decrypt/", count: 100, ["bytes": 33 << 20])
            await expectUnreachable("longer than 33554432 bytes") { _ = try await open(custody, wrap) }
        }
    }

    @Test func `nobody there is unreachable at every call, and no reason not to start`() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        var settings = VaultSettings(methods: [.token(VaultPlace.secret("hvs.none"))])
        settings.times.deadlineSeconds = 0.5
        for text in ["vault-transit:http://127.0.0.1:9/transit/tacit", "vault-kv:http://127.0.0.1:9/kv/tacit"] {
            for isNewStore in [true, false] {
                let (custody, isNew) = try await Custodies.open(
                    CustodyURI.parse(text), settings: settings, dataDirectory: directory.data, isNewStore: isNewStore, now: 1)
                #expect(!isNew)
                #expect(custody.uri == text)
                await expectUnreachable("run: vault status -address=http://127.0.0.1:9") { _ = try await custody.versions() }
                #expect(await custody.status().state == .unreachable)
            }
        }
    }

    @Test func `a cancelled call ends`() async throws {
        try await withPlace(.new) { server, place, custody in
            let wrap = try await wrapOne(custody)
            try await server.fault("status", "/decrypt/", count: 10_000, ["status": 503])
            let task = Task { try await open(custody, wrap) }
            try await Task.sleep(for: .milliseconds(100))
            let start = ContinuousClock.now
            task.cancel()
            await #expect(throws: CustodyError.self) { _ = try await task.value }
            #expect(ContinuousClock.now - start < .seconds(2))
        }
    }

    @Test func `pauses grow, vary, stay below their bound, and never undercut what the server asks for`() {
        let times = VaultTimes()
        for attempt in 0..<100 {
            for retryAfter in [nil, 0, 2] as [Int?] {
                let pause = times.pause(after: attempt, retryAfter: retryAfter)
                #expect(pause >= Double(retryAfter ?? 0) && pause <= 1.5 * times.longestPauseSeconds)
            }
        }
        #expect(times.pause(after: 0, retryAfter: nil) <= 0.15)
        #expect(times.pause(after: 9, retryAfter: nil) >= 1.5)
        #expect(Set((0..<20).map { _ in times.pause(after: 3, retryAfter: nil) }).count > 1)
    }

    private func wrapOne(_ custody: VaultTransit) async throws -> Blob {
        try await custody.wrap([WrapItem(plaintext: Self.item.plaintext, context: CustodySuite.context(Self.item.name))])[0]
    }

    private func open(_ custody: VaultTransit, _ wrap: Blob) async throws -> [Blob] {
        try await custody.unwrap([UnwrapItem(wrap: wrap, context: CustodySuite.context(Self.item.name))])
    }

    private func withPlace(_ kind: VaultServer.Kind, _ body: (VaultServer, VaultPlace, VaultTransit) async throws -> Void) async throws {
        let server = try VaultServer(kind)
        let place = try await VaultPlace(server)
        defer { place.directory.remove() }
        try await body(server, place, place.transit())
    }
}

/// Expects `.unreachable` with a cause that holds `part`.
func expectUnreachable(_ part: String, _ body: () async throws -> Void, _ location: SourceLocation = #_sourceLocation) async {
    do {
        try await body()
        Issue.record("it was done", sourceLocation: location)
    } catch CustodyError.unreachable(let cause) {
        #expect(cause.contains(part) && cause.contains("run: "), sourceLocation: location)
    } catch { Issue.record("\(error)", sourceLocation: location) }
}
