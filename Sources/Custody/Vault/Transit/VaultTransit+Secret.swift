import Envelope
import Model
import Primitives
import SecretMemory

extension VaultTransit {
    /// - Parameter body: the request's JSON with the plaintext in it.
    func encrypt(_ body: VaultSecret) async throws(CustodyError) -> Blob {
        let path = place.path("encrypt")
        let answer = try await call(VaultRequest(path: path, body: .secret(body)))
        guard answer.status == 200, let json = answer.json else { throw place.refused(answer, path) }
        guard let wrap = json.string(json.value("data", "ciphertext")).flatMap(TransitWrap.wrap(of:)) else {
            throw .unreachable("the Vault at \(place.origin) gave no wrap; run: vault status -address=\(place.origin)")
        }
        return wrap
    }

    /// - Parameter body: the request's JSON.
    func decrypt(_ body: String, _ wrap: Blob) async throws(CustodyError) -> SecretBytes {
        let path = place.path("decrypt")
        var request = VaultRequest.post(path, body)
        request.hasSecretAnswer = true
        let answer = try await call(request)
        if answer.isAuthenticationFailure { throw .integrity }
        guard answer.status == 200, let json = answer.json else {
            throw TransitBatch.error(of: answer.errors, version: TransitWrap.version(of: wrap) ?? 0) ?? place.refused(answer, path)
        }
        guard let plaintext = json.withCharacters(of: json.value("data", "plaintext"), { Self.secret($0) }) else { throw .integrity }
        return plaintext
    }

    /// Wraps a random value and makes sure that it opens under its own context, and under no other: a server or a key that ignores
    /// contexts, whatever it says of itself, is not used.
    func prove() async throws(CustodyError) {
        let value = Random.secret(32)
        let context = try Self.proofContext("self-test")
        let other = try Self.proofContext("self-test-other")
        let text = try value.withBytes { (bytes) throws(CustodyError) in
            try SecretJSON.text("{\"context\":\(TransitItem.quoted(context.bytes)),\"plaintext\":", bytes, .base64, "}")
        }
        let wrap = try await encrypt(VaultSecret(text))
        guard try await decrypt(TransitItem.decryption(wrap, context), wrap).isEqual(to: value) else {
            throw .misconfigured(
                "the Vault at \(place.origin) gives back something else than it wrapped; run: vault read \(place.keyPath())")
        }
        do throws(CustodyError) { _ = try await decrypt(TransitItem.decryption(wrap, other), wrap) } catch .integrity { return }
        throw .misconfigured(
            "the key \(place.key) at \(place.mount) opens a wrap under a foreign context; "
                + "run: vault write -f \(place.mount)/keys/NAME derived=true, and name that key in --kek")
    }

    private static func proofContext(_ name: String) throws(CustodyError) -> ContextBytes {
        guard let store = StoreID(bytes: Random.bytes(16)) else { throw .unreachable("no random store id; run: tacit kek status") }
        do throws(EnvelopeError) { return try WrapContexts.storeSecret(storeID: store, name: name) } catch {
            throw .unreachable("no context for the self test; run: tacit kek status")
        }
    }

    private static func secret(_ text: RawSpan) -> SecretBytes? {
        guard let count = Base64.decodedCount(text), count >= 1 else { return nil }
        var isValid = false
        let bytes = SecretBytes(count: count) { out in
            let copy = SecretBytes(count: text.byteCount) { scratch in
                isValid = Base64.decode(from: text, scratch: &scratch, into: &out)
            }
            _ = consume copy
        }
        guard isValid else { return nil }
        return consume bytes
    }
}
