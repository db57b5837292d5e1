/// Everything an unlock can limit; its canonical bytes' digest is in the session certificate (FORMAT, `tacit/policy/v1`).
package struct SessionPolicy: Hashable, Sendable, Codable {
    package enum Kind: UInt8, Sendable, Codable { case interactive = 1, lease = 2 }

    package var kind: Kind = .interactive
    /// Upper-case tokens; empty: every method.
    package var methods: [String] = []
    /// After the base path; empty: every path the destination allows.
    package var paths: [PathPrefix] = []
    /// `scheme://host[:port]` of browsers that may call; empty: none.
    package var origins: [String] = []
    /// 0: no limit.
    package var maximumRequests: UInt64 = 0
    /// Requests per 1 000 seconds; 0: no limit.
    package var rate: UInt64 = 0
    /// Requests above an even flow that may come at once; 0 where `rate` is 0.
    package var burst: UInt32 = 0
    /// 0: no limit.
    package var maximumConcurrent: UInt32 = 0
    /// Seconds without a call after which the session ends; 0: none.
    package var idleSeconds: UInt32 = 0
    package var allowsUpgrade = false
    /// Prefixes that are allowed although the preset denies them.
    package var mintingPaths: [PathPrefix] = []

    package init(kind: Kind = .interactive) { self.kind = kind }

    /// The longest time a session of this kind may last, in seconds: 24 h, for a lease 90 d.
    package var maximumLifetimeSeconds: UInt64 { kind == .interactive ? 86_400 : 90 * 86_400 }

    /// The same policy with its sets sorted and made unique.
    /// - Throws: `.invalidPolicy` for a method that is no upper-case token, an origin of another form, a burst without a rate or more
    ///   than 256 items in a set.
    package func canonical() throws(ModelError) -> SessionPolicy {
        var copy = self
        copy.methods = Set(methods).sorted()
        copy.paths = Set(paths).sorted()
        copy.origins = Set(origins).sorted()
        copy.mintingPaths = Set(mintingPaths).sorted()
        guard copy.methods.allSatisfy({ (1...32).contains($0.utf8.count) && $0.utf8.allSatisfy { (65...90).contains($0) || $0 == 45 } })
        else {
            throw ModelError(.invalidPolicy, "methods are upper-case words such as POST")
        }
        for origin in copy.origins {
            guard let destination = try? Destination(url: origin, allowsPlaintext: true), destination.basePath == nil,
                !origin.hasSuffix("/"),
                origin == destination.url
            else { throw ModelError(.invalidPolicy, "\(origin) is not an origin such as https://example.com") }
        }
        guard (rate == 0) == (burst == 0) else {
            throw ModelError(.invalidPolicy, "a rate needs a burst of at least 1, and a burst a rate")
        }
        guard [copy.methods.count, copy.paths.count, copy.origins.count, copy.mintingPaths.count].allSatisfy({ $0 <= 256 }) else {
            throw ModelError(.invalidPolicy, "more than 256 items in one set")
        }
        return copy
    }
}
