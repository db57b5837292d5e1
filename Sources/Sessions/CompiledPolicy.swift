import Model

/// A session policy in the form the hot path compares with. An object: an account's sessions share the policies that are the same.
final class CompiledPolicy: Sendable {
    /// 32 bytes, of the canonical form.
    let digest: Blob
    let methods: [[UInt8]]
    let paths: PathRules
    let mintingPaths: PathRules
    let origins: [[UInt8]]
    let maximumRequests: UInt64
    let maximumConcurrent: UInt32
    let idleMilliseconds: UInt64
    let allowsUpgrade: Bool

    let rate: UInt64
    let burst: UInt32

    init(_ policy: SessionPolicy, digest: Blob) {
        self.digest = digest
        methods = policy.methods.map { Array($0.utf8) }
        paths = PathRules(policy.paths)
        mintingPaths = PathRules(policy.mintingPaths)
        origins = policy.origins.map { Array($0.utf8) }
        maximumRequests = policy.maximumRequests
        maximumConcurrent = policy.maximumConcurrent
        idleMilliseconds = UInt64(policy.idleSeconds) * 1_000
        allowsUpgrade = policy.allowsUpgrade
        rate = policy.rate
        burst = policy.burst
    }

    func allows(method: Span<UInt8>) -> Bool {
        methods.isEmpty || Self.any(methods, is: method)
    }

    func allows(origin: Span<UInt8>) -> Bool {
        Self.any(origins, is: origin)
    }

    private static func any(_ candidates: [[UInt8]], is wanted: Span<UInt8>) -> Bool {
        for candidate in candidates where equal(candidate.span, wanted) { return true }
        return false
    }

    /// Whether two byte strings that are no secret are the same.
    static func equal(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
        guard a.count == b.count else { return false }
        for index in 0..<a.count where a[index] != b[index] { return false }
        return true
    }
}
