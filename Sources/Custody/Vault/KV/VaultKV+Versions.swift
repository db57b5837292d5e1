import Primitives
import SecretMemory

extension VaultKV {
    @discardableResult
    package func addVersion(after current: UInt32) async throws(CustodyError) -> KEKVersions {
        var last: CustodyError?
        for _ in 0..<8 {
            let held = try await readEntry()
            guard held.versions.current == current else { return held.versions }
            if let last, case .misconfigured = last { throw last }
            let version = try KEKVersion(after: current)
            let text = try held.withKeyring { (keyring: borrowing Keyring) throws(CustodyError) in
                try keyring.text(adding: version, key: Random.secret(AES256GCM.keyCount))
            }
            // Whether the write arrived or another broker was first: the entry says it, so it is read again.
            do throws(CustodyError) { _ = try await write(text, after: held.number) } catch { last = error }
        }
        throw last ?? contended()
    }

    /// A new entry without the version, then every older version of the entry that held it is destroyed and looked at again.
    package func retire(_ version: UInt32) async throws(CustodyError) {
        var held = try await readEntry()
        for _ in 0..<8 {
            guard try held.versions.mustRetire(version) else { return try await destroyCopies(of: version, before: held.number) }
            let text = try held.withKeyring { (keyring: borrowing Keyring) throws(CustodyError) in try keyring.text(without: version) }
            do throws(CustodyError) { _ = try await write(text, after: held.number) } catch {
                if case .misconfigured = error { throw error }
            }
            held = try await readEntry()
        }
        throw contended()
    }

    private func readEntry() async throws(CustodyError) -> KVEntry {
        guard let entry = try await read() else { throw place.missing() }
        return entry
    }

    private func contended() -> CustodyError {
        .unreachable("the keyring at \(place.path) of \(place.mount) is written by others all the time; run: tacit kek status")
    }

    /// Destroys every stored version of the entry in which the KEK version stands, deleted ones too, since they can be undeleted.
    private func destroyCopies(of version: UInt32, before newest: Int) async throws(CustodyError) {
        for _ in 0..<2 {
            var copies: [Int] = []
            for number in try await storedVersions() where number < newest {
                if try await mayHold(version, number) { copies.append(number) }
            }
            guard !copies.isEmpty else { return }
            let path = place.path("destroy")
            let answer = try await client.call(.post(path, "{\"versions\":[\(copies.map(String.init).joined(separator: ","))]}"))
            guard answer.isSuccess else { throw place.refused(answer, path) }
        }
        let left = try await storedVersions().filter { $0 < newest }
        for number in left where try await mayHold(version, number) {
            throw .misconfigured(
                "version \(number) of the entry still holds KEK version \(version); "
                    + "run: vault kv destroy -mount=\(place.mount) -versions=\(number) \(place.path)")
        }
    }

    /// The versions of the entry that are not destroyed, ascending.
    private func storedVersions() async throws(CustodyError) -> [Int] {
        let path = place.path("metadata")
        let answer = try await client.call(.get(path))
        guard answer.status == 200, let json = answer.json, let versions = json.children(of: json.value("data", "versions")) else {
            throw place.refused(answer, path)
        }
        return versions.compactMap { name, value in json.boolean(json.member("destroyed", of: value)) == true ? nil : Int(name) }.sorted()
    }

    /// Whether a stored version holds the KEK version, or cannot be looked into.
    private func mayHold(_ version: UInt32, _ number: Int) async throws(CustodyError) -> Bool {
        let path = place.path("data")
        let answer = try await client.call(.get("\(path)?version=\(number)", hasSecretAnswer: true))
        guard answer.status == 200, let json = answer.json else {
            // Deleted: its bytes are there and can be undeleted. Gone altogether: nothing is.
            if answer.status == 404 { return answer.json?.value("data", "metadata") != nil }
            throw place.refused(answer, path)
        }
        // What is no keyring could still hold one in another form: it goes too.
        guard let keyring = try? keyring(json) else { return true }
        return keyring.versions.contains { $0.number == version }
    }
}
