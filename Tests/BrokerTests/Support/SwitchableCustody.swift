import Custody
import Envelope
import Model
import SecretMemory
import Synchronization

/// A real keyring file behind a switch, for what happens while the KEK does not answer.
final class SwitchableCustody: Custody {
    private let keyring: KeyringFile
    private let isAway = Mutex(false)
    private let unwrapCount = Mutex(0)
    private let fuse = Mutex<Int?>(nil)

    init(_ keyring: KeyringFile) { self.keyring = keyring }

    func setAway(_ away: Bool) { isAway.withLock { $0 = away } }
    /// Items taken apart so far.
    var unwrapped: Int { unwrapCount.withLock { $0 } }

    var kind: String { keyring.kind }
    var uri: String { keyring.uri }

    func wrap(_ items: [WrapItem]) async throws(CustodyError) -> [Blob] {
        try check()
        return try await keyring.wrap(items)
    }

    func unwrap(_ items: [UnwrapItem]) async throws(CustodyError) -> [Blob] {
        try check()
        unwrapCount.withLock { $0 += items.count }
        return try await keyring.unwrap(items)
    }

    func wrapSecret(_ secret: borrowing SecretBytes, context: ContextBytes) async throws(CustodyError) -> Blob {
        try check()
        return try await keyring.wrapSecret(secret, context: context)
    }

    func unwrapSecret(_ wrap: Blob, context: ContextBytes) async throws(CustodyError) -> SecretBytes {
        try check()
        return try await keyring.unwrapSecret(wrap, context: context)
    }

    func rewrap(_ items: [UnwrapItem]) async throws(CustodyError) -> [Blob] {
        try check()
        return try await keyring.rewrap(items)
    }

    func versions() async throws(CustodyError) -> KEKVersions {
        try check()
        return try await keyring.versions()
    }

    func version(of wrap: Blob) -> UInt32? { keyring.version(of: wrap) }

    func addVersion(after current: UInt32) async throws(CustodyError) -> KEKVersions {
        try check()
        return try await keyring.addVersion(after: current)
    }

    func retire(_ version: UInt32) async throws(CustodyError) {
        try check()
        try await keyring.retire(version)
    }

    func status() async -> CustodyStatus {
        do throws(CustodyError) { try check() } catch { return CustodyStatus(error) }
        return await keyring.status()
    }

    func run() async { await keyring.run() }

    /// - Parameter calls: how many still succeed; `nil`: all.
    func breakOff(after calls: Int?) { fuse.withLock { $0 = calls } }
    /// Whether the fuse has blown.
    var isBroken: Bool { fuse.withLock { $0.map { $0 < 0 } ?? false } }

    private func check() throws(CustodyError) {
        let left = fuse.withLock { fuse -> Int? in
            fuse = fuse.map { $0 - 1 }
            return fuse
        }
        if let left, left < 0 { throw .unreachable("broken off by the test") }
        if isAway.withLock({ $0 }) { throw .unreachable("switched off by the test") }
    }
}
