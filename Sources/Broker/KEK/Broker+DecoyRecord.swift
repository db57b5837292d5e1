import Custody
import Envelope
import Model
import Synchronization

extension Broker {
    /// Takes the KEK's wrap off the false login's slot record, as ``openSlotRecord(_:context:account:)`` does off a real one. Its wrap is
    /// in memory only, where no rotation finds it: one of a version that was retired is made anew.
    func openDecoyRecord(_ decoy: LoginDecoy) async throws(BrokerError) -> Blob {
        do throws(BrokerError) { return try await unwrapDecoy(decoy) } catch {
            guard error.code == .integrity else { throw error }
            try await renewDecoy()
            return try await unwrapDecoy(decoy)
        }
    }

    /// Wraps the false login's slot record under the current KEK.
    func renewDecoy() async throws(BrokerError) {
        guard let decoy = decoy.withLock({ $0 }) else { return }
        let items = [WrapItem(plaintext: decoy.slot.record, context: decoy.context)]
        let wraps = try await inCustody("login decoy") { () async throws(CustodyError) in try await custody.wrap(items) }
        guard let wrap = wraps.first else { throw .kekUnreachable }
        decoy.wrapped.withLock { $0 = wrap }
    }

    private func unwrapDecoy(_ decoy: LoginDecoy) async throws(BrokerError) -> Blob {
        let items = [UnwrapItem(wrap: decoy.wrappedRecord, context: decoy.context)]
        let opened = try await inCustody("login decoy") { () async throws(CustodyError) in try await custody.unwrap(items) }
        guard let record = opened.first else { throw .kekUnreachable }
        return record
    }
}
