import Audit
import Broker
import Custody
import Foundation
import Model
import Sessions
import Store
import Synchronization

/// A broker over a real SQLite store and a real keyring file, in a directory of its own that goes with it.
final class BrokerFixture: Sendable {
    let directory: String
    let clock: TestClock
    let store: SQLiteStore
    let custody: SwitchableCustody
    /// The keyring the custody reads.
    let keyring: String
    let kekStore: FaultyKEKStore
    let sessions: SessionTable
    let audit: AuditLog
    let usage = UsageMeter(shards: 2)
    let origins: OwnOrigins
    let broker: Broker
    private let waits: Waits
    private let ownsDirectory: Bool

    /// What logins had to wait, in seconds.
    final class Waits: Sendable {
        let seconds = Mutex<[Int64]>([])
    }

    static let origin = "http://127.0.0.1:8700"
    static let operatorCall = Call(principal: .operator, peer: Peer(transport: .unix, address: "unix"), requestID: "request")
    static let anonymousCall = Call(principal: .anonymous, peer: Peer(transport: .tcp, address: "127.0.0.1"), requestID: "request")

    /// - Parameter other: shares its directory and clock, as a second broker or one that starts again.
    init(
        registration: Registration = .open, assistedUnlock: Bool = false, sharing other: BrokerFixture? = nil, startsKEKAway: Bool = false,
        hasAlteredLoginSecret: Bool = false, moving: Bool = false, kek: String? = nil,
        keyringIsGone: Bool = false
    ) async throws {
        let directory = other?.directory ?? (NSTemporaryDirectory() + "tacit-broker-\(UUID().uuidString)")
        let clock = other?.clock ?? TestClock()
        let waits = Waits()
        let keyring = directory + "/config/keyring"
        let data = directory + "/data"
        if other == nil {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try SQLiteStore.makeDirectory(data)
            try KeyringFile.create(at: keyring, dataDirectory: data, now: clock.seconds)
        }
        self.directory = directory
        self.keyring = keyring
        self.clock = clock
        self.waits = waits
        ownsDirectory = other == nil
        store = try SQLiteStore(directory: data)
        if hasAlteredLoginSecret {
            let uri = try KeyringFile(path: keyring, dataDirectory: data).uri
            _ = try await store.registerKEKEpoch(NewKEKEpoch(custody: uri, version: 1, probe: nil, createdAt: 1), replacing: nil)
            let wrapped = Blob([1, 0, 0, 0, 1] + [UInt8](repeating: 0, count: 80))
            _ = try await store.insertSecret(named: "login-decoy", wrapped: wrapped, kekEpoch: 1)
        }
        // Where the KEK was moved away, the switch stands before the keyring that is used now.
        let switched = keyringIsGone ? String(kek?.dropFirst(5) ?? "") : keyring
        let standing = FileManager.default.fileExists(atPath: switched) ? switched : directory + "/new/keyring"
        custody = SwitchableCustody(try KeyringFile(path: standing, dataDirectory: data))
        custody.setAway(startsKEKAway)
        kekStore = FaultyKEKStore(store)
        let used: any Custody = moving ? try await Self.custodySet(directory: directory, kek: kek, store: store) : custody
        sessions = SessionTable(clock: { clock.seconds }, monotonicMilliseconds: { clock.now })
        audit = AuditLog(store: store, clockMilliseconds: { clock.now })
        origins = try OwnOrigins(named: [])
        origins.addListener(scheme: "http", host: "127.0.0.1", port: 8700, isLoopback: true)
        broker = Broker(
            store: store, custody: used, sessions: sessions, audit: audit, usage: usage,
            configuration: try BrokerConfiguration(
                registration: registration, listensOnLoopbackOnly: true, assistedUnlock: assistedUnlock, version: "test",
                memoryLocked: false),
            origins: origins, clock: { clock.seconds }, monotonicMilliseconds: { clock.now },
            sleep: { duration in waits.seconds.withLock { $0.append(duration.components.seconds) } },
            kekStore: kekStore, rewrapBatch: 2)
        try await broker.start()
    }

    /// A custody that can be moved, as the executable makes it.
    /// - Parameter kek: URI of `--kek`; by default the fixture's keyring.
    private static func custodySet(directory: String, kek: String?, store: SQLiteStore) async throws -> CustodySet {
        let data = directory + "/data"
        let opener: CustodySet.Opener = { (uri, mayCreate) async throws(CustodyError) in
            guard uri.hasPrefix("file:/") else { throw .misconfigured("no KEK of ours: \(uri)") }
            return try KeyringFile.open(at: String(uri.dropFirst(5)), dataDirectory: data, isNewStore: mayCreate, now: 1).keyring
        }
        let uri = try CustodyURI.parse(kek ?? "file:\(directory)/config/keyring").canonical(settings: VaultSettings(), dataDirectory: data)
        let file = CustodyMoveFile(directory: directory + "/config", storeID: store.storeID.description)
        return try await CustodySet.start(uri: uri, file: file, opener: opener).set
    }

    var waited: [Int64] { waits.seconds.withLock { $0 } }

    /// The last audit records' (actor, action, outcome), oldest first.
    func audited(last: Int = 100) async throws -> [AuditRecord] { try await store.audit(last: last) }

    deinit {
        try? store.close()
        if ownsDirectory { try? FileManager.default.removeItem(atPath: directory) }
    }
}
