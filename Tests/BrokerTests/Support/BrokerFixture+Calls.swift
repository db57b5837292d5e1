import SecretMemory
import Sessions

/// What a call of the data plane got.
struct OpenedKey: Equatable {
    let value: String
    /// `alias@version`
    let receipt: String
}

extension BrokerFixture {
    /// Lets a call in as the data plane does.
    func admit(_ token: String, alias: String = "openai") throws(Refusal) -> Grant {
        let (text, method, alias) = (Array(token.utf8), Array("POST".utf8), Array(alias.utf8))
        let slab = SecretSlab(capacity: 32_768)
        var derived = [UInt8](repeating: 0, count: 32)
        var elements = derived.mutableSpan
        var pseudorandomKey = unsafe elements.mutableBytes
        return try unsafe sessions.authorize(
            token: text.span.bytes, method: method.span, alias: alias.span, path: { _, _ in true }, origin: nil,
            facts: CallFacts(isPathPlain: true, isUpgrade: false), slab: slab, pseudorandomKey: &pseudorandomKey)
    }

    /// Opens the key of a call that was let in.
    func open(_ grant: borrowing Grant, token: String) throws(Refusal) -> OpenedKey {
        let text = Array(token.utf8)
        let slab = SecretSlab(capacity: 32_768)
        let value = try unsafe grant.exposeKey(token: text.span.bytes, table: sessions, slab: slab) { (key) throws(Refusal) in
            unsafe key.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        }
        return OpenedKey(value: value, receipt: String(decoding: grant.key.receipt, as: UTF8.self))
    }

    /// A whole call.
    func use(_ token: String, alias: String = "openai") throws(Refusal) -> OpenedKey {
        let grant = try admit(token, alias: alias)
        return try open(grant, token: token)
    }

    /// The code a call is refused with; `nil` where it goes.
    func refusal(_ token: String, alias: String = "openai") -> Refusal.Code? {
        do throws(Refusal) {
            _ = try use(token, alias: alias)
            return nil
        } catch { return error.code }
    }
}
