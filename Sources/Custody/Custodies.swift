/// Opens the custody that `--kek` names.
package enum Custodies {
    /// Opens a custody, and contacts a Vault once.
    /// - Parameters:
    ///   - dataDirectory: the store's; a keyring must lie outside, and a lock file lies in it.
    ///   - isNewStore: whether the store is still to be made; only then is a keyring made where there is none. Ask before it is made.
    ///   - now: seconds since 1970.
    /// - Returns: the custody, and whether a keyring was made that wants to be backed up. A Vault that does not answer now is no error:
    ///   every call says so until it does.
    /// - Throws: `.misconfigured` for what no waiting cures, `.unreachable` for a keyring file only.
    package static func open(
        _ uri: CustodyURI, settings: VaultSettings, dataDirectory: String, isNewStore: Bool, now: UInt64
    ) async throws(CustodyError) -> (custody: any Custody, isNew: Bool) {
        switch uri {
        case .file(let path):
            let (keyring, isNew) = try KeyringFile.open(at: path, dataDirectory: dataDirectory, isNewStore: isNewStore, now: now)
            return (keyring, isNew)
        case .vaultTransit(let origin, let mount, let key):
            let custody = try VaultTransit(
                origin: settings.origin(origin), mount: mount, key: key, settings: settings, dataDirectory: dataDirectory)
            try await contact { () throws(CustodyError) in try await custody.prepare() }
            return (custody, false)
        case .vaultKV(let origin, let mount, let path):
            let custody = try VaultKV(origin: settings.origin(origin), mount: mount, path: path, settings: settings, mayCreate: isNewStore)
            var isNew = false
            try await contact { () throws(CustodyError) in isNew = try await custody.prepare(now: now) }
            return (custody, isNew)
        }
    }

    private static func contact(_ body: () async throws(CustodyError) -> Void) async throws(CustodyError) {
        do throws(CustodyError) { try await body() } catch .unreachable {}
    }
}
