import HTTPTransport

/// Where a transit key is, and what is wrong where it is not.
struct TransitPlace: Sendable {
    let origin: HTTPOrigin
    let mount: String
    let key: String

    var uri: String { CustodyURI.vaultTransit(origin: origin, mount: mount, key: key).text }

    /// The path of an operation on the key: `encrypt`, `decrypt`, `rewrap`.
    func path(_ operation: String) -> String { "\(mount)/\(operation)/\(key)" }
    /// The path of the key itself or, with a name, of what is done to it: `rotate`, `config`, `trim`.
    func keyPath(_ operation: String = "") -> String { "\(mount)/keys/\(key)" + (operation.isEmpty ? "" : "/\(operation)") }

    func keyMissing() -> CustodyError {
        .misconfigured("there is no transit key \(key) at \(mount) of \(origin); run: vault write -f \(mount)/keys/\(key) derived=true")
    }

    /// What a 404 means, by its text.
    func notFound(_ answer: VaultAnswer) -> CustodyError {
        let text = answer.errors
        if text.contains("no handler for route") {
            return .misconfigured("nothing is mounted at \(mount) of \(origin); run: vault secrets enable -path=\(mount) transit")
        }
        if text.contains("namespace not found") {
            return .misconfigured("VAULT_NAMESPACE names no namespace of \(origin); run: vault namespace list")
        }
        if text.isEmpty { return keyMissing() }
        return .misconfigured("what is mounted at \(mount) of \(origin) is no transit engine (\(text)); run: vault secrets list")
    }

    /// An answer with a status that has no meaning of its own here.
    func refused(_ answer: VaultAnswer, _ path: String) -> CustodyError {
        let text = answer.errors
        if text.contains("encryption key not found") || text.contains("no existing key named") || text == "key not found" {
            return keyMissing()
        }
        if answer.status == 404 { return notFound(answer) }
        return .misconfigured(
            "the Vault at \(origin) refuses \(path) (\(answer.status)\(text.isEmpty ? "" : ": \(text)")); run: vault read \(keyPath())")
    }
}
