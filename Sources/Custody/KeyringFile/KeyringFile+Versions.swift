import Primitives
import SecretMemory

extension KeyringFile {
    @discardableResult
    package func addVersion(after current: UInt32) async throws(CustodyError) -> KEKVersions {
        let lock = try await CustodyLock.take(path.directory)
        let keyring = try path.read()
        let held = KEKVersions(current: keyring.current, all: keyring.versions)
        guard held.current == current else { return held }
        let version = try KEKVersion(after: current)
        let text = try keyring.text(adding: version, key: Random.secret(AES256GCM.keyCount))
        try path.removeLeftovers(holding: lock)
        try path.replace(with: text, holding: lock)
        return KEKVersions(current: version.number, all: held.all + [version])
    }

    package func retire(_ version: UInt32) async throws(CustodyError) {
        let lock = try await CustodyLock.take(path.directory)
        let keyring = try path.read()
        // Also the second time: the first may have been broken off before the old bytes were overwritten.
        try path.removeLeftovers(holding: lock)
        guard try KEKVersions(current: keyring.current, all: keyring.versions).mustRetire(version) else { return }
        try path.replace(with: keyring.text(without: version), holding: lock)
    }

    package func status() async -> CustodyStatus {
        do throws(CustodyError) { return CustodyStatus(try await versions()) } catch { return CustodyStatus(error) }
    }

    package func run() async {
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(86_400)) }
    }
}

extension KEKVersion {
    /// The one that follows `current`, made now.
    /// - Throws: `.misconfigured` after the last number there is.
    init(after current: UInt32) throws(CustodyError) {
        guard current < UInt32.max else { throw .misconfigured("there is no version after \(current); run: tacit kek move --to URI") }
        self.init(number: current + 1, createdAt: SystemSeconds.now())
    }
}

extension KEKVersions {
    /// Whether `version` is still there to be destroyed; `false` where it went before.
    /// - Throws: `.misconfigured` for the current one, `.unknownVersion` for one that never was.
    func mustRetire(_ version: UInt32) throws(CustodyError) -> Bool {
        guard version != current else {
            throw .misconfigured("version \(version) is the current one and everything needs it; run: tacit rotate kek")
        }
        guard (1..<max(1, current)).contains(version) else { throw .unknownVersion(version) }
        return all.contains { $0.number == version }
    }
}
