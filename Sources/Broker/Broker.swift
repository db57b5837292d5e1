package import Audit
package import Custody
package import Logging
import Model
package import Sessions
package import Store
import Synchronization

/// Accounts, enrolment and the life of sessions: everything the control plane does, one method a route, apart from HTTP.
///
/// It holds no key and nothing that opens one. What is stored is checked when it is read; what clients send is checked before it is
/// stored; what is stored goes under the KEK first. Sessions are handed to the session table the data plane asks. Several brokers may
/// share one store: ``run()`` follows its change counter.
package final class Broker: Sendable {
    struct Life: Sendable {
        var hasStarted = false
        var isDraining = false
        var proxyURL = ""
        var changeCounter: UInt64 = 0
    }

    let store: any Store
    /// The same store, for the job that wraps anew.
    let kekStore: any KEKStore
    /// Rows the job reads, wraps and stores at a time.
    let rewrapBatch: Int
    let custody: any Custody
    let sessions: SessionTable
    let audit: AuditLog
    let usage: UsageMeter
    let configuration: BrokerConfiguration
    /// What the control plane may be dialled as.
    package let origins: OwnOrigins
    let clock: @Sendable () -> UInt64
    let sleep: @Sendable (Duration) async throws -> Void
    let logger: Logger

    let life = Mutex(Life())
    let faults = IntegrityFaults()
    let challenges: LoginChallenges
    let delays: LoginDelays
    let budget: AuditBudget
    let assistedQueue = AssistedUnlockQueue()
    /// `nil` until the KEK answered once.
    let decoy = Mutex<LoginDecoy?>(nil)
    /// `nil` until something was wrapped, and after the KEK changed.
    let kekPlace = Mutex<KEKPlace?>(nil)
    let kek = Mutex(KEKHealth())
    /// Set when a job begins here, so that it is not waited for.
    let kekWake = Mutex(false)
    /// This broker's name as the holder of a job.
    let holder = Blob((0..<16).map { _ in UInt8.random(in: 0...255) })
    let loading = AsyncGate()
    /// For the routes whose bodies are large: one of them is in memory at a time.
    let largeBodies = AsyncGate()
    let caches = Mutex<[AccountID: EntryCache]>([:])
    /// Sessions that probe a pending version.
    let probes = Mutex<[SessionID: Probe]>([:])
    /// Opened seals that are to be stored as entries.
    let converted = Mutex<ConvertedEntries>(ConvertedEntries())
    /// The day a lease's end was last warned of, by session.
    let warnedLeases = Mutex<[SessionID: UInt64]>([:])
    /// Accounts with entries the KEK has not answered for.
    let waiting = Mutex<Set<AccountID>>([])

    /// - Parameters:
    ///   - clock: seconds since 1970.
    ///   - monotonicMilliseconds: for nonces and delays.
    ///   - sleep: waits out a login's delay.
    ///   - kekStore: where the job that wraps anew works, if not in `store` itself: for tests that break it off.
    ///   - rewrapBatch: rows it takes at a time: few enough that others' writes wait for milliseconds only.
    package init(
        store: any Store, custody: any Custody, sessions: SessionTable, audit: AuditLog, usage: UsageMeter,
        configuration: BrokerConfiguration, origins: OwnOrigins,
        clock: @escaping @Sendable () -> UInt64 = SystemClock.seconds,
        monotonicMilliseconds: @escaping @Sendable () -> UInt64 = SystemClock.monotonicMilliseconds,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        logger: Logger = Logger(label: "tacit.broker"), kekStore: (any KEKStore)? = nil, rewrapBatch: Int = 1000
    ) {
        self.store = store
        self.kekStore = kekStore ?? store
        self.rewrapBatch = rewrapBatch
        self.custody = custody
        self.sessions = sessions
        self.audit = audit
        self.usage = usage
        self.configuration = configuration
        self.origins = origins
        self.clock = clock
        self.sleep = sleep
        self.logger = logger
        challenges = LoginChallenges(monotonicMilliseconds: monotonicMilliseconds)
        delays = LoginDelays(monotonicMilliseconds: monotonicMilliseconds)
        budget = AuditBudget(monotonicMilliseconds: monotonicMilliseconds)
        sessions.setReserve(StoredRequests(store: store, logger: logger))
    }

    /// Sets what `GET /v1/info` says about the data plane, once it is bound.
    /// - Parameter url: base URL without a trailing slash.
    package func setProxyURL(_ url: String) {
        life.withLock { $0.proxyURL = url }
    }

    /// From now on nothing new is made: such routes answer 503 `draining`. Reading and revoking go on.
    package func drain() {
        life.withLock { $0.isDraining = true }
    }

    /// Runs a closure of the store with its errors in the broker's words; what the peer is not told goes to the log.
    @discardableResult
    func stored<R>(_ body: () async throws(StoreError) -> R) async throws(BrokerError) -> R {
        do throws(StoreError) { return try await body() } catch {
            switch error {
            case .corrupt(let reason), .unavailable(let reason): logger.error("store failed", metadata: ["store.reason": "\(reason)"])
            case .full: logger.error("store full")
            default: break
            }
            throw BrokerError(error)
        }
    }

    /// Runs a call of the custody with its errors in the broker's words.
    /// - Parameter row: what is being opened, for an `integrity` answer.
    func inCustody<R>(_ row: String, _ body: () async throws(CustodyError) -> R) async throws(BrokerError) -> R {
        do throws(CustodyError) {
            let result = try await body()
            noteKEK(nil)
            return result
        } catch {
            noteKEK(error)
            throw BrokerError(error, row: row)
        }
    }
}
