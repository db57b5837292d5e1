import Model
import Testing

@Suite("Session policies")
struct SessionPolicyTests {
    @Test(
        "are refused for methods, origins and rates that make no sense",
        arguments: [
            { $0.methods = ["post"] }, { $0.methods = [""] }, { $0.methods = ["GE T"] }, { $0.methods = ["ÄB"] },
            { $0.methods = [String(repeating: "A", count: 33)] },
            { $0.origins = [""] }, { $0.origins = ["*"] }, { $0.origins = ["null"] }, { $0.origins = ["example.com"] },
            { $0.origins = ["https://example.com/"] },
            { $0.origins = ["https://example.com/x"] }, { $0.origins = ["https://Example.com"] },
            { $0.origins = ["https://example.com:443"] }, { $0.origins = ["HTTPS://example.com"] },
            { $0.origins = ["https://u@example.com"] }, { $0.rate = 1 }, { $0.burst = 1 },
            { $0.methods = (0..<257).map { "A" + String(repeating: "-", count: $0 % 30) + String(UnicodeScalar(UInt8(65 + $0 / 30))) } },
        ] as [@Sendable (inout SessionPolicy) -> Void])
    func refuses(change: @Sendable (inout SessionPolicy) -> Void) {
        var policy = SessionPolicy()
        change(&policy)
        #expect(throws: ModelError(.invalidPolicy, "")) { _ = try policy.canonical() }
    }

    @Test("are sets: order and repetition do not matter")
    func canonical() throws {
        var policy = SessionPolicy()
        policy.methods = ["POST", "GET", "POST"]
        policy.origins = ["https://b.example", "http://a.example:8080", "https://b.example"]
        policy.paths = [try PathPrefix("/b"), try PathPrefix("/a"), try PathPrefix("/b")]
        policy.mintingPaths = [try PathPrefix("/c"), try PathPrefix("/c")]
        let canonical = try policy.canonical()
        #expect(canonical.methods == ["GET", "POST"])
        #expect(canonical.origins == ["http://a.example:8080", "https://b.example"])
        #expect(canonical.paths.map(\.text) == ["/a", "/b"])
        #expect(canonical.mintingPaths.map(\.text) == ["/c"])
        #expect(try canonical.canonical() == canonical)
    }

    @Test("last 24 hours, leases 90 days")
    func lifetimes() {
        #expect(SessionPolicy().maximumLifetimeSeconds == 86_400)
        #expect(SessionPolicy(kind: .lease).maximumLifetimeSeconds == 7_776_000)
    }
}
