import Logging
import Model
import Sessions
import Store

/// Sessions' requests out of the store's blocks.
struct StoredRequests: RequestReserve {
    let store: any Store
    let logger: Logger

    func reserve(of session: SessionID, maximum: UInt64, wanted: UInt64, _ done: @escaping @Sendable (UInt64?) -> Void) {
        Task {
            do throws(StoreError) {
                done(try await store.reserveRequests(of: session, maximum: maximum, wanted: wanted))
            } catch {
                logger.error("requests of a session could not be reserved", metadata: ["session.id": "\(session)"])
                done(nil)
            }
        }
    }
}
