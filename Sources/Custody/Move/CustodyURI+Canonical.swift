extension CustodyURI {
    /// The text that the custody itself, once it is open, calls its URI; nothing is opened for it.
    /// - Throws: `.misconfigured` for a keyring's path that is none or lies inside `dataDirectory`, and for a Vault without an address.
    package func canonical(settings: VaultSettings, dataDirectory: String) throws(CustodyError) -> String {
        switch self {
        case .file(let path): "file:\(try KeyringPath(path, dataDirectory: dataDirectory).canonical)"
        case .vaultTransit(let origin, let mount, let key):
            CustodyURI.vaultTransit(origin: try settings.origin(origin), mount: mount, key: key).text
        case .vaultKV(let origin, let mount, let path):
            CustodyURI.vaultKV(origin: try settings.origin(origin), mount: mount, path: path).text
        }
    }
}
