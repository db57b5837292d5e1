import Audit
import Envelope
import Logging
import Measures
import Model
import Primitives
import SecretMemory
import Sessions
import TacitTesting
import Testing

@testable import BlindProxy

/// A running proxy with one account, one key and one session, made with the real formats.
struct ProxyFixture {
    /// How destinations are resolved.
    struct Names: Sendable {
        var lookUp: @Sendable (String) -> [IPAddress] = { SystemNames.addresses(of: $0) }
    }

    static let value = "sk-canary-0123456789abcdefghijklmnopqrstuvwxyz"

    let proxy: BlindProxy
    let port: Int
    let table: SessionTable
    let usage: UsageMeter
    let key: KeyRecord
    let version: KeyVersionRecord
    let session: SessionRecord
    let entries: [LiveEntrySource]
    let token: String

    init(
        url: String, injection: Injection = .header(name: "authorization", prefix: "Bearer ", suffix: ""), isPrivate: Bool = true,
        lifetimeSeconds: UInt64 = 3_600, allowed: [String] = [], denied: [String] = [], logger given: Logger? = nil,
        _ policy: SessionPolicy = SessionPolicy(), names: Names = Names(), table: SessionTable = SessionTable(),
        resolver: NameResolver? = nil,
        _ change: (inout ProxyConfiguration) throws -> Void = { _ in }
    ) async throws {
        self.table = table
        usage = UsageMeter(shards: 1)
        let accountID = try #require(AccountID(bytes: Random.bytes(16)))
        let keyID = try #require(KeyID(bytes: Random.bytes(16)))
        key = KeyRecord(
            id: keyID, accountID: accountID, alias: try #require(Alias("openai")), provider: "openai",
            destination: try Destination(
                url: url, allowedPrefixes: allowed.map { try PathPrefix($0) }, deniedPrefixes: denied.map { try PathPrefix($0) },
                allowsPrivateAddresses: isPrivate, allowsPlaintext: true), injection: injection,
            createdAt: 1,
            revokedAt: nil)
        let context = try KeyContext(key: key, version: 1)
        let dek = DEK()
        let value = Array(Self.value.utf8)
        let ciphertext = try unsafe dek.encrypt(value.span.bytes, context: context)
        version = KeyVersionRecord(
            keyID: keyID, version: 1, state: .active, ciphertext: ciphertext, ciphertextDigest: KeyCiphertext.digest(ciphertext),
            dekCommitment: try dek.commitment(context), signer: Signer(kind: .identity, publicKey: Blob([])), signature: Blob([]),
            signedAt: 1, signedRevision: 1, createdAt: 1)
        let secret = try SessionSecret.make(accountID: accountID)
        let now = SystemClock.seconds()
        session = SessionRecord(
            id: secret.sessionID, accountID: accountID, kind: .interactive, label: "test", publicKey: secret.publicKey,
            verifierDigest: secret.verifierDigest, keyIDs: [keyID], issuedAt: now, expiresAt: now + lifetimeSeconds, policy: policy,
            accountRevision: 1, signature: Blob([]), revokedAt: nil)
        let entry = try secret.encryptEntry(
            dek,
            context: context.sessionEntry(
                sessionID: secret.sessionID, expiresAt: session.expiresAt, policyDigest: PolicyCoding.digest(policy)))
        entries = [LiveEntrySource(keyID: keyID, version: 1, material: .entry(entry))]
        token = try secret.token().withBytes { bytes in String(decoding: unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }, as: UTF8.self)
        }
        table.install(
            account: accountID, keys: [LiveKeySource(record: key, active: version)],
            sessions: [LiveSessionSource(record: session, entries: entries)])

        var configuration = ProxyConfiguration(host: "127.0.0.1", port: 0)
        configuration.upstreamCAFile = try TestCertificates.shared.get().authority
        configuration.privateDestinations = [try CIDR("127.0.0.0/8"), try CIDR("::1/128")]
        try change(&configuration)
        var logger = Logger(label: "test")
        logger.logLevel = .error
        proxy = try BlindProxy(
            configuration: configuration, sessions: table, usage: usage, logger: given ?? logger,
            resolver: resolver ?? NameResolver(lookUp: names.lookUp))
        port = try await proxy.start().port
    }

    func client() throws -> RawClient { try RawClient(port: port) }

    /// A request head with the token, without its empty line.
    func head(_ line: String, token: String? = nil, _ fields: String = "") -> String {
        "\(line) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nAuthorization: Bearer \(token ?? self.token)\r\n\(fields)"
    }

    /// Sends one request on a connection of its own and reads the answer.
    func get(_ path: String, token: String? = nil, _ fields: String = "", method: String = "GET") throws -> RawClient.Answer {
        let client = try client()
        client.send(head("\(method) \(path)", token: token, fields) + "\r\n")
        return try client.readAnswer(toHead: method == "HEAD")
    }

    /// What was counted, once it is for `requests` calls: a call is counted when its last byte is on its way.
    func usage(of requests: UInt64) async throws -> [UsageRecord] {
        var found: [UsageRecord] = []
        for _ in 0..<100 {
            found += usage.drain(at: 1)
            if found.reduce(0, { $0 + $1.requests }) >= requests { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(found.reduce(0) { $0 + $1.requests } == requests)
        return found
    }

    /// The metrics, once `isReady` says they are what is waited for: a call is counted when its last byte is on its way.
    func metrics(_ isReady: (MetricsReader) -> Bool = { _ in true }) async throws -> MetricsReader {
        var page = try MetricsReader(await proxy.metrics().text)
        for _ in 0..<100 where !isReady(page) {
            try await Task.sleep(for: .milliseconds(20))
            page = try MetricsReader(await proxy.metrics().text)
        }
        return page
    }

    func stop(_ upstream: TestUpstream?) async {
        await proxy.stop()
        await upstream?.stop()
    }
}
