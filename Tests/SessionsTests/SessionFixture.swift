import Envelope
import Model
import Primitives
import SecretMemory
import Sessions
import Synchronization
import Testing

/// A copy of borrowed bytes.
func copied(_ bytes: RawSpan) -> [UInt8] {
    unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
}

/// A clock that a test moves.
final class TestClock: Sendable {
    let seconds = Mutex<UInt64>(1_800_000_000)
    let milliseconds = Mutex<UInt64>(5_000_000)

    func advance(milliseconds step: UInt64) {
        milliseconds.withLock { $0 += step }
        seconds.withLock { $0 += step / 1_000 }
    }
}

/// One account with one key and one session, made with the real formats.
struct SessionFixture {
    static let value = Array("sk-fixture-0123456789abcdefghij".utf8)

    let clock = TestClock()
    let table: SessionTable
    let slab = SecretSlab(capacity: 32_768)
    let accountID: AccountID
    let key: KeyRecord
    let version: KeyVersionRecord
    let session: SessionRecord
    let entries: [LiveEntrySource]
    /// The 68 characters of the token; a test's own, so that it may stand in an array.
    let token: [UInt8]

    init(
        destination: Destination? = nil, usesSeal: Bool = false, reserve: (any RequestReserve)? = nil,
        _ change: (inout SessionPolicy) -> Void = { _ in }
    ) throws {
        let clock = clock
        table = SessionTable(
            clock: { clock.seconds.withLock { $0 } }, monotonicMilliseconds: { clock.milliseconds.withLock { $0 } })
        if let reserve { table.setReserve(reserve) }
        accountID = try #require(AccountID(bytes: Random.bytes(16)))
        let keyID = try #require(KeyID(bytes: Random.bytes(16)))
        let target = try destination ?? Destination(url: "https://api.example.com")
        key = KeyRecord(
            id: keyID, accountID: accountID, alias: try #require(Alias("openai")), provider: "openai", destination: target,
            injection: .header(name: "authorization", prefix: "Bearer ", suffix: ""), createdAt: 1, revokedAt: nil)
        let context = try KeyContext(key: key, version: 1)
        let dek = DEK()
        let ciphertext = try unsafe dek.encrypt(Self.value.span.bytes, context: context)
        version = KeyVersionRecord(
            keyID: keyID, version: 1, state: .active, ciphertext: ciphertext, ciphertextDigest: KeyCiphertext.digest(ciphertext),
            dekCommitment: try dek.commitment(context), signer: Signer(kind: .identity, publicKey: Blob([])), signature: Blob([]),
            signedAt: 1, signedRevision: 1, createdAt: 1)
        var policy = SessionPolicy()
        change(&policy)
        policy = try policy.canonical()
        let secret = try SessionSecret.make(accountID: accountID)
        let expiresAt = clock.seconds.withLock { $0 } + 3_600
        session = SessionRecord(
            id: secret.sessionID, accountID: accountID, kind: .interactive, label: "test", publicKey: secret.publicKey,
            verifierDigest: secret.verifierDigest, keyIDs: [keyID], issuedAt: expiresAt - 3_600, expiresAt: expiresAt, policy: policy,
            accountRevision: 1, signature: Blob([]), revokedAt: nil)
        let material: LiveEntrySource.Material
        if usesSeal {
            let recipient = try X25519PublicKey(bytes: secret.publicKey.bytes)
            let sealContext = try context.sessionSeal(sessionID: secret.sessionID, publicKey: recipient)
            let info = sealContext.hpkeInfo
            let aad = sealContext.bytes
            let seal = try dek.withBytes { bytes in
                try unsafe HPKE.seal(bytes, to: recipient, info: info.span.bytes, aad: aad.span.bytes)
            }
            material = .seal(Blob(seal))
        } else {
            material = .entry(
                try secret.encryptEntry(
                    dek,
                    context: context.sessionEntry(
                        sessionID: secret.sessionID, expiresAt: expiresAt, policyDigest: PolicyCoding.digest(policy))))
        }
        entries = [LiveEntrySource(keyID: keyID, version: 1, material: material)]
        token = try secret.token().withBytes { copied($0) }
        install()
    }

    func install(key: KeyRecord? = nil, session: SessionRecord? = nil, sessions: Bool = true) {
        let key = key ?? self.key
        table.install(
            account: accountID, keys: [LiveKeySource(record: key, active: key.revokedAt == nil ? version : nil)],
            sessions: sessions ? [LiveSessionSource(record: session ?? self.session, entries: entries)] : [])
    }

    /// Authorizes one call. `prefixes` answers the table's question about the path: those that cover it.
    func call(
        token: [UInt8]? = nil, method: String = "POST", alias: String = "openai", path: String = "/v1/chat/completions",
        origin: String? = nil, facts: CallFacts = CallFacts(isPathPlain: true, isUpgrade: false)
    ) throws(Refusal) -> Grant {
        let text = token ?? self.token
        let method = Array(method.utf8)
        let alias = Array(alias.utf8)
        let covers: PathMatcher = { prefix, _ in
            let prefix = String(decoding: copied(RawSpan(_elements: prefix)), as: UTF8.self)
            return path == prefix || path.hasPrefix(prefix + "/")
        }
        var derived = [UInt8](repeating: 0, count: 32)
        var elements = derived.mutableSpan
        var pseudorandomKey = unsafe elements.mutableBytes
        guard let origin else {
            return try unsafe table.authorize(
                token: text.span.bytes, method: method.span, alias: alias.span, path: covers, origin: nil, facts: facts, slab: slab,
                pseudorandomKey: &pseudorandomKey)
        }
        let originBytes = Array(origin.utf8)
        return try unsafe table.authorize(
            token: text.span.bytes, method: method.span, alias: alias.span, path: covers, origin: originBytes.span, facts: facts,
            slab: slab,
            pseudorandomKey: &pseudorandomKey)
    }

    /// The code a call is refused with; `nil` where it goes.
    func code(_ body: () throws(Refusal) -> Void) -> Refusal.Code? {
        do throws(Refusal) {
            try body()
            return nil
        } catch {
            return error.code
        }
    }

    /// What the granted key opens to.
    func value(of grant: borrowing Grant) throws(Refusal) -> [UInt8] {
        try unsafe grant.exposeKey(token: token.span.bytes, table: table, slab: slab) { (key) throws(Refusal) in copied(key) }
    }
}
