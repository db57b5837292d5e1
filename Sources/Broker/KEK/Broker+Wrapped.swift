import Custody
import Envelope
import Logging
import Model
import Store
import Synchronization

extension Broker {
    /// Times something is wrapped and stored before the caller is asked to come back.
    static let kekAttempts = 6

    /// Wraps `items` under the current KEK. Use it inside ``retryingKEK(_:)`` together with the insert.
    /// - Parameter row: what is wrapped, for errors.
    /// - Returns: the wraps in the order of the items, and the epoch to store them with; epoch 0 for no items.
    /// - Throws: `.kekUnreachable`, `.kekChanged`, `.malformed` for too many bytes.
    func wrapped(_ items: [WrapItem], row: String) async throws(BrokerError) -> (wraps: [Blob], kekEpoch: UInt32) {
        guard !items.isEmpty else { return ([], 0) }
        let kek = pinnedKEK
        let wraps = try await inCustody(row) { () async throws(CustodyError) in try await kek.custody.wrap(items) }
        guard wraps.count == items.count, let first = wraps.first, let version = kek.custody.version(of: first) else {
            throw .kekUnreachable
        }
        // A server may have turned to a new version in the middle of the batch: one insert has one epoch.
        guard wraps.allSatisfy({ kek.custody.version(of: $0) == version }) else { throw .kekChanged }
        return (wraps, try await kekEpoch(ofVersion: version, of: kek))
    }

    /// Runs a body that wraps and then inserts, and runs it again where the KEK changed in between.
    /// - Throws: what the body throws; `.kekChanged` where it still does after several attempts.
    func retryingKEK<R>(_ body: () async throws(BrokerError) -> R) async throws(BrokerError) -> R {
        for attempt in 1..<Self.kekAttempts {
            do throws(BrokerError) { return try await body() } catch {
                guard error.code == .kekChanged else { throw error }
                kekPlace.withLock { $0 = nil }
                if let custodySet { _ = try? await custodySet.follow() }
                logger.info("the KEK changed while something was wrapped; it is wrapped again")
                // A server's replicas, and another broker's start of a move, need a moment.
                do { try await Task.sleep(for: .milliseconds(20 * attempt)) } catch { throw BrokerError.draining }
            }
        }
        return try await body()
    }
}
