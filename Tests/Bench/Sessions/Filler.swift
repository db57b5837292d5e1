import Audit
import Broker
import Custody
import Envelope
import Model
import Primitives
import SecretMemory
import Sessions
import Store

/// The broker's side: accounts and keys go through the broker itself, sessions straight into its store.
struct Filler {
    private static let `operator` = Call(principal: .operator, peer: Peer(transport: .unix, address: "unix"), requestID: "bench")
    private static let lifetimeSeconds: UInt64 = 86_400

    private let store: SQLiteStore
    private let custody: KeyringFile
    private let broker: Broker
    private let upstream: String
    private let key: String

    /// - Parameters:
    ///   - directory: a data directory that a broker made; none runs on it.
    ///   - upstream: base URL of the destination every account enrols.
    ///   - key: the provider key every account enrols.
    init(directory: String, keyring: String, upstream: String, key: String) async throws {
        store = try SQLiteStore(directory: directory)
        custody = try KeyringFile(path: keyring, dataDirectory: directory)
        broker = Broker(
            store: store, custody: custody, sessions: SessionTable(), audit: AuditLog(store: store, clockMilliseconds: { 0 }),
            usage: UsageMeter(shards: 1),
            configuration: try BrokerConfiguration(listensOnLoopbackOnly: true, version: "bench", memoryLocked: false),
            origins: try OwnOrigins(named: []))
        self.upstream = upstream
        self.key = key
        try await broker.start()
    }

    func close() throws { try store.close() }

    /// An account with one key under `openai`, and `count` sessions that last a day.
    /// - Returns: their tokens.
    func addAccount(named name: String, sessions count: Int) async throws -> [String] {
        let owner = try BenchOwner(name)
        _ = try await broker.createAccount(try owner.creation(), call: Self.operator)
        let call = Call(principal: .owner(owner.keys.accountID, tokenDigest: Blob([])), peer: Self.operator.peer, requestID: "bench")
        let revision = try await broker.showAccount(call: call).revision
        _ = try await broker.enrollKey(try owner.enrolment(of: key, at: upstream, revision: revision), call: call)
        let list = try await broker.unlock(SessionMessages.Unlock(aliases: []), call: call)
        var made: [BenchOwner.Session] = []
        for place in 0..<count {
            let session = try owner.session(
                list, revision: list.revision + UInt64(place), issuedAt: SystemClock.seconds(), lifetimeSeconds: Self.lifetimeSeconds)
            made.append(session)
        }
        try await insert(made, owner: owner, list: list)
        return made.map(\.token)
    }

    private func insert(_ made: [BenchOwner.Session], owner: BenchOwner, list: KeyMessages.List) async throws {
        let items = try made.map { session in
            guard let entry = session.message.entries.first else { throw BenchOwner.NoValue() }
            return WrapItem(plaintext: entry.entry, context: try owner.entryContext(for: session.message))
        }
        let wraps = try await custody.wrap(items)
        var revision = list.revision
        for (session, wrap) in zip(made, wraps) {
            let message = session.message
            guard let entry = message.entries.first else { throw BenchOwner.NoValue() }
            let record = SessionRecord(
                id: message.sessionID, accountID: owner.keys.accountID, kind: message.policy.kind, label: message.label,
                publicKey: message.publicKey, verifierDigest: message.verifierDigest, keyIDs: message.keyIDs, issuedAt: message.issuedAt,
                expiresAt: message.expiresAt, policy: message.policy, accountRevision: message.accountRevision,
                signature: message.signature, revokedAt: nil)
            let row = SessionEntryRecord(sessionID: record.id, keyID: entry.keyID, version: entry.version, wrappedEntry: wrap)
            revision = try await store.insertSession(
                record, entries: [row], kekEpoch: custody.version(of: wrap) ?? 0, expectedRevision: revision)
        }
    }
}
