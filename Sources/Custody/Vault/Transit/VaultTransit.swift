package import Envelope
package import HTTPTransport
package import Model
import Primitives
package import SecretMemory
import Synchronization

/// The KEK in HashiCorp Vault's (or OpenBao's) transit engine: a derived key that never leaves it; each wrap is bound to its context by
/// the key that Vault derives from the context.
///
/// Vault is sent the contexts and what is wrapped (sealed or encrypted already, but for store secrets), over TLS. Encrypting would make
/// a key that is missing, so the key is read before each wrap, and only a key that is as it must be is used.
package final class VaultTransit: Custody {
    let place: TransitPlace
    let client: VaultClient
    /// Held while a version is made, so that brokers of one machine make one.
    let lockPath: String
    /// Whether the self test passed since the last time something was found wrong.
    private let isProven = Mutex(false)

    package let kind = "vault-transit"
    package var uri: String { place.uri }

    /// Contacts nobody yet.
    /// - Parameter dataDirectory: holds the lock file.
    /// - Throws: `.misconfigured` for settings that can never work.
    package init(origin: HTTPOrigin, mount: String, key: String, settings: VaultSettings, dataDirectory: String) throws(CustodyError) {
        place = TransitPlace(origin: origin, mount: mount, key: key)
        client = try VaultClient(settings, origin)
        lockPath = dataDirectory + "/kek-versions.lock"
    }

    package func wrap(_ items: [WrapItem]) async throws(CustodyError) -> [Blob] {
        for count in items.map(\.plaintext.bytes.count) where count > TransitWrap.maximumPlaintextCount { throw .tooLarge(count) }
        guard !items.isEmpty else { return [] }
        try await prepare()
        let batches = TransitBatch.cut(items.map { TransitItem(name: "plaintext", value: .bytes($0.plaintext.bytes), context: $0.context) })
        var wraps: [Blob] = []
        for batch in batches { wraps += try await send(batch, "encrypt", batch.wraps) }
        return wraps
    }

    package func unwrap(_ items: [UnwrapItem]) async throws(CustodyError) -> [Blob] {
        guard !items.isEmpty else { return [] }
        // The key is not looked at first: what must not be wrapped with any more must still come out, to be moved elsewhere.
        let batches = TransitBatch.cut(try self.items(items))
        var plaintexts: [Blob] = []
        for batch in batches { plaintexts += try await send(batch, "decrypt", batch.plaintexts) }
        return plaintexts
    }

    package func rewrap(_ items: [UnwrapItem]) async throws(CustodyError) -> [Blob] {
        guard !items.isEmpty else { return [] }
        let batches = TransitBatch.cut(try self.items(items))
        try await prepare()
        var wraps: [Blob] = []
        for batch in batches { wraps += try await send(batch, "rewrap", batch.wraps) }
        return wraps
    }

    package func wrapSecret(_ secret: borrowing SecretBytes, context: ContextBytes) async throws(CustodyError) -> Blob {
        guard secret.count <= TransitWrap.maximumPlaintextCount else { throw .tooLarge(secret.count) }
        let text = try secret.withBytes { (bytes) throws(CustodyError) in
            try SecretJSON.text("{\"context\":\(TransitItem.quoted(context.bytes)),\"plaintext\":", bytes, .base64, "}")
        }
        try await prepare()
        return try await encrypt(VaultSecret(text))
    }

    package func unwrapSecret(_ wrap: Blob, context: ContextBytes) async throws(CustodyError) -> SecretBytes {
        let body = try TransitItem.decryption(wrap, context)
        return try await decrypt(body, wrap)
    }

    package func versions() async throws(CustodyError) -> KEKVersions { try await prepare().kekVersions }

    package func version(of wrap: Blob) -> UInt32? { TransitWrap.version(of: wrap) }

    package func run() async { await client.run() }

    /// Reads the key and makes sure that it is what it must be, before each wrap; and before the first one that it binds wraps to their
    /// contexts. The first look after a refusal proves that again: a right that was taken away is named until it is back.
    @discardableResult
    func prepare() async throws(CustodyError) -> TransitKey {
        let wasProven = isProven.withLock { $0 }
        do throws(CustodyError) {
            let key = try await readKey()
            if !wasProven {
                try await prove()
                isProven.withLock { $0 = true }
            }
            return key
        } catch {
            if case .misconfigured = error { doubt() }
            throw error
        }
    }

    /// Makes the next look at the key prove anew that it works.
    func doubt() { isProven.withLock { $0 = false } }

    /// Sends a request; after a refusal nothing counts as proven any more.
    func call(_ request: VaultRequest) async throws(CustodyError) -> VaultAnswer {
        do throws(CustodyError) { return try await client.call(request) } catch {
            if case .misconfigured = error { doubt() }
            throw error
        }
    }

    /// Reads the key and checks it. Never makes one.
    func readKey() async throws(CustodyError) -> TransitKey {
        let path = place.keyPath()
        let answer = try await client.call(.get(path))
        guard answer.status == 200, let json = answer.json else { throw place.refused(answer, path) }
        guard let key = TransitKey(json) else {
            throw .misconfigured("what stands at \(path) of \(place.origin) is no transit key; run: vault read \(path)")
        }
        try key.check(place)
        return key
    }

    private func items(_ items: [UnwrapItem]) throws(CustodyError) -> [TransitItem] {
        var texts: [TransitItem] = []
        for item in items {
            texts.append(TransitItem(name: "ciphertext", value: .text(try TransitWrap.text(of: item.wrap)), context: item.context))
        }
        return texts
    }

    private func send<R>(
        _ batch: TransitBatch, _ operation: String, _ read: (JSONText, TransitPlace) throws(CustodyError) -> [R]
    ) async throws(CustodyError) -> [R] {
        let path = place.path(operation)
        let answer = try await call(VaultRequest(path: path, body: .plain(batch.body)))
        // Since 1.10 one bad item makes the status 400, beside the results of all.
        if let json = answer.json, json.value("data", "batch_results") != nil { return try read(json, place) }
        if answer.isAuthenticationFailure { throw .integrity }
        throw batch.error(of: answer.errors) ?? place.refused(answer, path)
    }
}
