import HTTPTransport

/// Where a keyring lies in a key-value engine of version 2, and what is wrong where it does not.
struct KVPlace: Sendable {
    let origin: HTTPOrigin
    let mount: String
    let path: String

    var uri: String { CustodyURI.vaultKV(origin: origin, mount: mount, path: path).text }

    /// The path of an operation: `data`, `metadata`, `destroy`.
    func path(_ operation: String) -> String { "\(mount)/\(operation)/\(path)" }

    func missing() -> CustodyError {
        .misconfigured(
            "there is no keyring at \(path) of \(mount) of \(origin), and the store opens with its old one only; "
                + "run: vault kv metadata get -mount=\(mount) \(path)")
    }

    func malformed(_ reason: String) -> CustodyError {
        .misconfigured(
            "what lies at \(path) of \(mount) of \(origin) is no keyring (\(reason)); run: vault kv get -mount=\(mount) \(path)")
    }

    /// An answer with a status that has no meaning of its own here.
    func refused(_ answer: VaultAnswer, _ path: String) -> CustodyError {
        let text = answer.errors
        if text.contains("no handler for route") {
            return .misconfigured("nothing is mounted at \(mount) of \(origin); run: vault secrets enable -path=\(mount) -version=2 kv")
        }
        if text.contains("unsupported path") || text.contains("Invalid path for a versioned") || answer.status == 405 {
            return .misconfigured(
                "what is mounted at \(mount) of \(origin) is no KV engine of version 2; run: vault secrets list -detailed")
        }
        return .misconfigured(
            "the Vault at \(origin) refuses \(path) (\(answer.status)\(text.isEmpty ? "" : ": \(text)")); "
                + "run: vault kv metadata get -mount=\(mount) \(self.path)")
    }
}
