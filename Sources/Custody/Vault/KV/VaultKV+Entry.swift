import SecretMemory

extension VaultKV {
    /// The newest version of the entry; `nil` where there never was one.
    /// - Throws: `.misconfigured` also where it was deleted or destroyed: then there was a keyring, and none is made in its place.
    func read() async throws(CustodyError) -> KVEntry? {
        let path = place.path("data")
        let answer = try await client.call(.get(path, hasSecretAnswer: true))
        if answer.status == 404 {
            guard answer.errors.isEmpty else { throw place.refused(answer, path) }
            guard let json = answer.json, json.value("data", "metadata") != nil else {
                // A wrong path of the same engine has the same status; it says so in a warning.
                if let json = answer.json, !(json.children(of: json.value("warnings")) ?? []).isEmpty { throw place.refused(answer, path) }
                return nil
            }
            let version = json.integer(json.value("data", "metadata", "version")) ?? 0
            throw .misconfigured(
                "the keyring at \(place.path) of \(place.mount) of \(place.origin) was deleted; "
                    + "run: vault kv undelete -mount=\(place.mount) -versions=\(version) \(place.path)")
        }
        guard answer.status == 200, let json = answer.json else { throw place.refused(answer, path) }
        guard let number = json.integer(json.value("data", "metadata", "version")), number >= 1 else {
            throw place.malformed("its answer has no metadata; is it a KV engine of version 1?")
        }
        return KVEntry(number: number, keyring: try keyring(json))
    }

    /// Writes a new version of the entry, if `number` is still the newest.
    /// - Parameter number: 0 where there must be none at all.
    /// - Returns: `false` where another version is the newest.
    func write(_ text: borrowing SecretBytes, after number: Int) async throws(CustodyError) -> Bool {
        let path = place.path("data")
        let body = try text.withBytes { (text) throws(CustodyError) in
            try SecretJSON.text("{\"options\":{\"cas\":\(number)},\"data\":{\"\(Self.field)\":", text, .string, "}}")
        }
        let answer = try await client.call(VaultRequest(path: path, body: .secret(VaultSecret(body)), mayRepeat: false))
        if answer.status == 400, answer.errors.contains("check-and-set parameter did not match") { return false }
        guard answer.isSuccess else { throw place.refused(answer, path) }
        // Version 1 of the engine takes the same call for an ordinary secret, and overwrites.
        guard let json = answer.json, json.integer(json.value("data", "version")) == number + 1 else {
            throw place.malformed("what was written got no version; is it a KV engine of version 1?")
        }
        return true
    }

    /// A warning where Vault deletes the entry by itself after some time; empty where it does not, or does not tell.
    func selfDeletion() async -> String {
        let json = (try? await client.call(.get(place.path("metadata"))))?.json
        guard let time = json?.string(json?.value("data", "delete_version_after")), !["", "0s"].contains(time) else { return "" }
        return
            "the keyring at \(place.path) of \(place.mount) deletes itself \(VaultText.line(time)) after it was written, and the store with it; "
            + "run: vault kv metadata put -mount=\(place.mount) -delete-version-after=0s \(place.path)"
    }

    /// The keyring of a data answer.
    func keyring(_ json: JSONText) throws(CustodyError) -> Keyring {
        guard let text = json.secretString(json.value("data", "data", Self.field)) else {
            throw place.malformed("it has no field \(Self.field)")
        }
        guard text.count <= Keyring.maximumCount else { throw place.malformed("it has \(text.count) bytes") }
        do throws(KeyringFormatError) { return try Keyring(parsing: text, wrapKind: KeyringWrap.vaultKind) } catch {
            throw place.malformed("line \(error.line): \(error.reason)")
        }
    }
}
