/// How we come to a Vault token.
package enum VaultLoginMethod: Sendable {
    /// A token somebody gave us, `VAULT_TOKEN`.
    case token(VaultSecret)
    /// A file with a token, read again whenever it changes.
    case tokenFile(path: String)
    /// AppRole; the secret id is there already, or in a file that is read for each login, or not wanted by the role.
    case appRole(mount: String, roleID: String, secretID: VaultSecretSource?)
    /// Kubernetes: the service account's token is read for each login.
    case kubernetes(mount: String, role: String, tokenPath: String)
}

/// Where a secret comes from when it is needed.
package enum VaultSecretSource: Sendable {
    case value(VaultSecret)
    case file(path: String)

    func read() throws(CustodyError) -> VaultSecret {
        switch self {
        case .value(let secret): secret
        case .file(let path): try VaultSecretFile(path: path, isPrivate: true).read().secret
        }
    }
}
