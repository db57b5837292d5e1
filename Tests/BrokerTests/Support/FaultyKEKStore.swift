import Model
import Store
import Synchronization

/// The store's side of the job with a fuse: the n-th step throws, before or after it was done, as a broker does that is killed there.
final class FaultyKEKStore: KEKStore {
    private let inner: any KEKStore
    private let fuse = Mutex<(left: Int?, happensFirst: Bool)>((nil, false))
    private let beforeReplace = Mutex<(@Sendable () async -> Void)?>(nil)

    init(_ inner: any KEKStore) { self.inner = inner }

    /// - Parameters:
    ///   - steps: how many still succeed; `nil`: all.
    ///   - happensFirst: whether the step that fails is done, and only its answer lost.
    func breakOff(after steps: Int?, happensFirst: Bool) { fuse.withLock { $0 = (steps, happensFirst) } }

    /// Whether the fuse has blown.
    var isBroken: Bool { fuse.withLock { $0.left.map { $0 < 0 } ?? false } }

    /// Runs once before the next batch is stored.
    func beforeNextReplace(_ body: @escaping @Sendable () async -> Void) { beforeReplace.withLock { $0 = body } }

    private func step<R>(_ body: () async throws(StoreError) -> R) async throws(StoreError) -> R {
        let (left, happensFirst) = fuse.withLock { fuse in
            fuse.left = fuse.left.map { $0 - 1 }
            return fuse
        }
        if let left, left < -1 || (left == -1 && !happensFirst) { throw .unavailable("broken off by the test") }
        let result = try await body()
        if left == -1 { throw .unavailable("broken off by the test") }
        return result
    }

    func kekEpochs() async throws(StoreError) -> [KEKEpoch] {
        try await step { () async throws(StoreError) in try await inner.kekEpochs() }
    }
    func registerKEKEpoch(_ new: NewKEKEpoch, replacing current: UInt32?) async throws(StoreError) -> KEKEpoch {
        try await step { () async throws(StoreError) in try await inner.registerKEKEpoch(new, replacing: current) }
    }
    func renameKEKCustody(from old: String, to new: String) async throws(StoreError) {
        try await step { () async throws(StoreError) in try await inner.renameKEKCustody(from: old, to: new) }
    }
    func retireKEKEpoch(_ epoch: UInt32) async throws(StoreError) -> UInt64 {
        try await step { () async throws(StoreError) in try await inner.retireKEKEpoch(epoch) }
    }
    func kekUses() async throws(StoreError) -> WrapCounts { try await step { () async throws(StoreError) in try await inner.kekUses() } }
    func kekJob() async throws(StoreError) -> KEKJob? { try await step { () async throws(StoreError) in try await inner.kekJob() } }
    func startKEKJob(target: UInt32, now: UInt64) async throws(StoreError) -> KEKJob {
        try await step { () async throws(StoreError) in try await inner.startKEKJob(target: target, now: now) }
    }
    func claimKEKJob(holder: Blob, now: UInt64, staleSeconds: UInt64) async throws(StoreError) -> KEKJob? {
        try await step { () async throws(StoreError) in
            try await inner.claimKEKJob(holder: holder, now: now, staleSeconds: staleSeconds)
        }
    }
    func beatKEKJob(holder: Blob, now: UInt64) async throws(StoreError) { try await inner.beatKEKJob(holder: holder, now: now) }
    func releaseKEKJob(holder: Blob, cause: String) async throws(StoreError) {
        try await step { () async throws(StoreError) in try await inner.releaseKEKJob(holder: holder, cause: cause) }
    }
    func staleWraps(
        in table: WrapTable, below target: UInt32, after rowID: Int64, limit: Int
    ) async throws(StoreError) -> StaleWraps {
        try await step { () async throws(StoreError) in
            try await inner.staleWraps(in: table, below: target, after: rowID, limit: limit)
        }
    }
    func replaceWraps(
        _ wraps: [ReplacedWrap], in table: WrapTable, target: UInt32, damaged: [IntegrityFault], holder: Blob, now: UInt64
    ) async throws(StoreError) -> Set<Int64> {
        let hook = beforeReplace.withLock { hook in
            defer { hook = nil }
            return hook
        }
        await hook?()
        return try await step { () async throws(StoreError) in
            try await inner.replaceWraps(wraps, in: table, target: target, damaged: damaged, holder: holder, now: now)
        }
    }
    func truncateLog() async throws(StoreError) -> Bool {
        try await step { () async throws(StoreError) in try await inner.truncateLog() }
    }
    func finishKEKJob(
        target: UInt32, damaged: [IntegrityFault], holder: Blob, now: UInt64
    ) async throws(StoreError) -> Bool {
        try await step { () async throws(StoreError) in
            try await inner.finishKEKJob(target: target, damaged: damaged, holder: holder, now: now)
        }
    }
}
