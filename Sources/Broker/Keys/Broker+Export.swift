package import Model
import Store

extension Broker {
    /// The ciphertexts and sealed DEKs of one key's versions that are not retired (`export_ciphertexts`), for an owner who encrypts them
    /// anew. It is the only way a ciphertext leaves the broker, and needs a login made a moment ago.
    /// - Throws: `.loginRequired` for an older login, `.aliasUnknown`, `.keyRevoked`, `.kekUnreachable`, `.integrity`.
    package func exportCiphertexts(_ alias: Alias, call: Call) async throws(BrokerError) -> KeyMessages.List {
        try await audited(.exportCiphertexts, call) { (facts) async throws(BrokerError) in
            facts.subject = alias.text
            let id = try await freshOwnerAccount(call)
            let key = try await keyFacts(alias, of: id)
            let sealed = try await sealedVersions(key.key, account: key.account)
            let ciphertexts = Dictionary(key.key.versions.map { ($0.version, $0.ciphertext) }, uniquingKeysWith: { first, _ in first })
            var list = key.list
            list.keys = [
                KeyMessages.Key(
                    key.key.record,
                    versions: sealed.map { version in
                        var version = version
                        version.ciphertext = version.state == .retired ? nil : ciphertexts[version.version]
                        return version
                    })
            ]
            return list
        }
    }
}
