import Model
import Primitives
import SecretMemory

@testable import Envelope

/// The account, key and session the vectors are about (Docs/FORMAT.md, section 13), and what tests do with bytes.
enum Fixture {
    static let issuedAt: UInt64 = 1_700_000_000
    static let expiresAt: UInt64 = 1_700_043_200
    static let providerKey = Array("sk-test-0123456789abcdefghijklmnopqrstuvwxyz".utf8)

    /// Bytes that count up from `start`.
    static func run(_ start: UInt8, _ count: Int) -> [UInt8] {
        (0..<count).map { start &+ UInt8(truncatingIfNeeded: $0) }
    }

    static func keys(epoch: UInt32 = 1) throws -> AccountKeys {
        try AccountKeys(
            identity: Ed25519PrivateKey(opened: secret(run(0x00, 32))), account: X25519PrivateKey(opened: secret(run(0x20, 32))),
            epoch: epoch)
    }

    static func identity() throws -> AccountIdentity { try keys().publicIdentity }
    static func accountKey() throws -> VerifiedAccountKey {
        let keys = try keys()
        return try VerifiedAccountKey(verifying: keys.signAccountKey(), identity: keys.publicIdentity, minimumEpoch: 1)
    }

    static func writerKey() throws -> Ed25519PrivateKey { try Ed25519PrivateKey(opened: secret(run(0x60, 32))) }
    static func dek() throws -> DEK { try DEK(bytes: secret(run(0x80, 32))) }
    static func sessionSecret() throws -> SessionSecret {
        try SessionSecret(accountID: identity().accountID, secret: secret(run(0xa0, 32)))
    }

    /// The private half of the session's key.
    static func sessionKey() throws -> X25519PrivateKey {
        var prk = [UInt8](repeating: 0, count: 32)
        var elements = prk.mutableSpan
        var bytes = unsafe elements.mutableBytes
        try SessionKeySchedule.extract(secret: unsafe run(0xa0, 32).span.bytes, into: &bytes)
        return try SessionKeySchedule(accountID: identity().accountID).deriveX25519Key(pseudorandomKey: bytes.bytes)
    }

    static let keyID = id(KeyID.self, 0x31)
    static let slotID = id(SlotID.self, 0x51)
    static let writerID = id(WriterID.self, 0x91)
    static let storeID = id(StoreID.self, 0xb1)

    static func id<ID: Identifier>(_ type: ID.Type, _ start: UInt8) -> ID {
        guard let id = ID(bytes: run(start, 16)) else { fatalError("16 bytes are an id") }
        return id
    }

    static func alias(_ text: String = "openai") throws -> Alias { try required(Alias(text)) }
    static func destination(_ url: String = "https://api.openai.com/v1") throws -> Destination {
        try Destination(url: url, deniedPrefixes: [PathPrefix("/organization")])
    }
    static let injection = Injection.header(name: "authorization", prefix: "Bearer ", suffix: "")

    static func context(
        accountID: AccountID? = nil, keyID: KeyID = keyID, version: UInt32 = 1, alias: String = "openai", destination: Destination? = nil,
        injection: Injection = injection
    ) throws -> KeyContext {
        try KeyContext(
            accountID: accountID ?? identity().accountID, keyID: keyID, version: version, alias: self.alias(alias),
            destination: destination ?? self.destination(), injection: injection)
    }

    /// One key context for each thing that can differ.
    static func alteredContexts() throws -> [(name: String, context: KeyContext)] {
        let url = "https://api.openai.com/v1"
        let denied = [try PathPrefix("/organization")]
        return try [
            ("account", context(accountID: id(AccountID.self, 1))), ("key id", context(keyID: id(KeyID.self, 2))),
            ("version", context(version: 2)), ("alias", context(alias: "openai-2")),
            ("host", context(destination: destination("https://api.openai.com.example/v1"))),
            ("port", context(destination: destination("https://api.openai.com:444/v1"))),
            ("base path", context(destination: destination("https://api.openai.com/v2"))),
            (
                "scheme",
                context(destination: Destination(url: "http://api.openai.com:443/v1", deniedPrefixes: denied, allowsPlaintext: true))
            ),
            ("private flag", context(destination: Destination(url: url, deniedPrefixes: denied, allowsPrivateAddresses: true))),
            ("plaintext flag", context(destination: Destination(url: url, deniedPrefixes: denied, allowsPlaintext: true))),
            (
                "allowed prefixes",
                context(destination: Destination(url: url, allowedPrefixes: [PathPrefix("/chat")], deniedPrefixes: denied))
            ),
            ("denied prefixes", context(destination: Destination(url: url))),
            ("header", context(injection: .header(name: "x-api-key", prefix: "Bearer ", suffix: ""))),
            ("prefix", context(injection: .header(name: "authorization", prefix: "bearer ", suffix: ""))),
            ("injection kind", context(injection: .query(name: "key"))),
        ]
    }

    static func secret(_ bytes: [UInt8]) -> SecretBytes { SecretBytes(copying: unsafe bytes.span.bytes) }

    static func required<T>(_ value: T?) throws -> T {
        guard let value else { throw EnvelopeError.malformed("fixture") }
        return value
    }
}

extension SecretBytes {
    /// A copy for comparison; the secrets of tests are public.
    borrowing func exposed() -> [UInt8] {
        withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe Array($0) } }
    }
}

extension EnvelopeError {
    /// The case's name, as vectors write it.
    var name: String { String("\(self)".prefix { $0 != "(" }) }
}
