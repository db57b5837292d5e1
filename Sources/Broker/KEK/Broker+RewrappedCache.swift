import Model
import Store
import Synchronization

extension Broker {
    /// The bytes of some rows were replaced by wraps of the same content: what was opened of them stays opened, so that nobody has to ask
    /// the KEK again when the account is read next.
    func rememberRewrapped(_ wraps: [ReplacedWrap], _ batch: StaleWraps) {
        guard !wraps.isEmpty else { return }
        let subjects = Dictionary(batch.wraps.map { ($0.rowID, $0.subject) }, uniquingKeysWith: { first, _ in first })
        caches.withLock { caches in
            for wrap in wraps {
                let key: EntryCache.Key
                switch subjects[wrap.rowID] {
                case .entry(let session, let id, let version)?:
                    key = EntryCache.Key(sessionID: session, keyID: id, version: version, isSeal: false)
                case .seal(let id, let version, .session, let recipient, _)?:
                    guard let session = SessionID(bytes: recipient.bytes) else { continue }
                    key = EntryCache.Key(sessionID: session, keyID: id, version: version, isSeal: true)
                default: continue
                }
                guard let account = batch.keys[key.keyID]?.accountID else { continue }
                caches[account]?.replace(key, wrapped: wrap.old, by: wrap.new)
            }
        }
    }
}
