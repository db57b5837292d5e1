extension VaultTransit {
    @discardableResult
    package func addVersion(after current: UInt32) async throws(CustodyError) -> KEKVersions {
        let lock = try await CustodyLock.take(lockPath, isFile: true, seconds: 60)
        let result: Result<KEKVersions, CustodyError>
        do throws(CustodyError) { result = .success(try await rotate(after: current)) } catch { result = .failure(error) }
        lock.release()
        return try result.get()
    }

    private func rotate(after current: UInt32) async throws(CustodyError) -> KEKVersions {
        var last: CustodyError?
        // Rotating is the one call that must not be repeated blindly: an attempt that failed may have arrived, so the key is read again.
        for _ in 0..<3 {
            let key = try await readKey()
            guard key.latest == current else { return key.kekVersions }
            if let last, case .misconfigured = last { throw last }
            do throws(CustodyError) { try await change("rotate", "{}", mayRepeat: false) } catch { last = error }
        }
        let key = try await readKey()
        guard key.latest == current, let last else { return key.kekVersions }
        throw last
    }

    package func retire(_ version: UInt32) async throws(CustodyError) { try await retire(version) { _ in true } }

    /// A key may have had versions before the store used it: those go too.
    /// - Throws: `.misconfigured` also where Vault bars one that is needed: what is barred would be destroyed.
    package func retire(_ version: UInt32, needed: Set<UInt32>) async throws(CustodyError) {
        let floor = try await readKey().minDecryption
        if let barred = needed.filter({ $0 < floor }).min() {
            throw .misconfigured(
                "Vault bars version \(barred) of the key \(place.key), which rows need; "
                    + "run: vault write \(place.keyPath("config")) min_decryption_version=\(barred)")
        }
        try await retire(version) { needed.contains($0) }
    }

    private func retire(_ version: UInt32, isNeeded: (UInt32) -> Bool) async throws(CustodyError) {
        var key = try await readKey()
        if try key.kekVersions.mustRetire(version) {
            if let lower = key.versions.first(where: { $0.number < version && isNeeded($0.number) }) {
                throw .misconfigured(
                    "Vault bars versions from the lowest on, and version \(lower.number) of the key \(place.key) is below \(version) "
                        + "and still needed; run: tacit kek status")
            }
            let floor = version + 1
            let encryption = max(floor, key.minEncryption)
            try await change("config", "{\"min_decryption_version\":\(floor),\"min_encryption_version\":\(encryption)}")
            key = try await readKey()
            guard key.minDecryption >= floor else {
                throw .misconfigured("the Vault at \(place.origin) did not bar version \(version); run: vault read \(place.keyPath())")
            }
        }
        try await trim(key)
    }

    package func status() async -> CustodyStatus {
        // Rights show only when they are used, and those of the first proof may be gone.
        doubt()
        do throws(CustodyError) {
            let key = try await readKey()
            do throws(CustodyError) { try await prepare() } catch { return CustodyStatus(error, versions: key.kekVersions) }
            var status = CustodyStatus(key.kekVersions)
            status.notes = [untrimmed(key), await client.login.trouble].filter { !$0.isEmpty }
            return status
        } catch { return CustodyStatus(error) }
    }

    /// Destroys what is barred already. A token that may not is no error: the versions are barred, and `status` says what is left.
    private func trim(_ key: TransitKey) async throws(CustodyError) {
        guard key.minAvailable < key.minDecryption, key.minEncryption >= key.minDecryption else { return }
        do throws(CustodyError) { try await change("trim", "{\"min_available_version\":\(key.minDecryption)}") } catch {
            guard case .misconfigured = error else { throw error }
        }
    }

    /// What is only barred, and could be let in again by whoever may configure the key.
    private func untrimmed(_ key: TransitKey) -> String {
        guard key.minDecryption > 1, key.minAvailable < key.minDecryption else { return "" }
        return "versions below \(key.minDecryption) are barred but not destroyed, and min_decryption_version can be set back; "
            + "run: vault write \(place.keyPath("trim")) min_available_version=\(key.minDecryption)"
    }

    /// - Throws: `.misconfigured` where the policy says no or Vault refuses.
    private func change(_ operation: String, _ json: String, mayRepeat: Bool = true) async throws(CustodyError) {
        let path = place.keyPath(operation)
        var request = VaultRequest.post(path, json)
        request.mayRepeat = mayRepeat
        let answer = try await client.call(request)
        guard answer.isSuccess else { throw place.refused(answer, path) }
    }
}
