import Custody
import Envelope
import Model
import SecretMemory
import Store

/// Why a batch was not wrapped anew.
enum RewrapStop: Error, Equatable {
    /// The KEK does not answer or does not do what it must; the text says what.
    case custody(CustodyError)
    /// The store cannot be used.
    case store(StoreError)
    /// The custody's current version is not the job's any more.
    case changed
    /// Another broker has the job now.
    case lost

    /// What the store said, for the log alone.
    var storeReason: String {
        switch self {
        case .store(.corrupt(let reason)), .store(.unavailable(let reason)): reason
        case .store(let error): "\(error)"
        case .custody, .changed, .lost: ""
        }
    }

    /// For the job's row and the log.
    var cause: String {
        switch self {
        case .custody(let error): CustodyStatus(error).cause
        case .store(.full): "the store is full; free space on its disk, the rotation goes on by itself"
        case .store: "the store failed; run: tacit doctor"
        case .changed: "the KEK has a newer version"
        case .lost: ""
        }
    }
}

extension Broker {
    /// Wraps one batch anew: opens each wrap under the context its row gives, wraps the bytes, opens that again and compares. Nothing is
    /// stored here.
    /// - Parameters:
    ///   - kek: the custody that the new wraps are made with.
    ///   - version: its version that they must have.
    /// - Returns: what may be replaced, and the rows that do not open.
    func rewrapped(
        _ batch: StaleWraps, in table: WrapTable, with kek: PinnedKEK, version: UInt32
    ) async throws(RewrapStop) -> (replaced: [ReplacedWrap], damaged: [IntegrityFault]) {
        var contexts = StaleContexts(batch, storeID: store.storeID)
        var damaged = batch.faults
        var sources: [StaleWrap] = []
        var items: [UnwrapItem] = []
        sources.reserveCapacity(batch.wraps.count)
        items.reserveCapacity(batch.wraps.count)
        for wrap in batch.wraps {
            if let context = contexts.context(of: wrap.subject) {
                sources.append(wrap)
                items.append(UnwrapItem(wrap: wrap.wrap, context: context))
            } else {
                damaged.append(StaleContexts.fault(table, wrap.subject))
            }
        }
        let new =
            table == .secrets
            ? try await rewrappedSecrets(items, with: kek, version: version) : try await rewrappedBlobs(items, with: kek, version: version)
        var replaced: [ReplacedWrap] = []
        replaced.reserveCapacity(sources.count)
        for (source, wrap) in zip(sources, new) {
            if let wrap {
                replaced.append(ReplacedWrap(rowID: source.rowID, old: source.wrap, new: wrap))
            } else {
                damaged.append(StaleContexts.fault(table, source.subject))
            }
        }
        return (replaced, damaged)
    }

    /// `nil` for an item that does not open.
    private func rewrappedBlobs(_ items: [UnwrapItem], with kek: PinnedKEK, version: UInt32) async throws(RewrapStop) -> [Blob?] {
        guard !items.isEmpty else { return [] }
        let custody = custody
        return try await inRewrap { () async throws(CustodyError) in
            let opened = try await custody.unwrapEach(items)
            var sound: [(place: Int, item: WrapItem)] = []
            sound.reserveCapacity(items.count)
            for (place, result) in opened.enumerated() {
                if case .success(let plaintext) = result {
                    sound.append((place, WrapItem(plaintext: plaintext, context: items[place].context)))
                }
            }
            guard !sound.isEmpty else { return .some([Blob?](repeating: nil, count: items.count)) }
            let wraps = try await kek.custody.wrap(sound.map(\.item))
            guard wraps.count == sound.count else {
                throw CustodyError.unreachable("the KEK answered for another number of wraps; run: tacit kek status")
            }
            guard wraps.allSatisfy({ kek.custody.version(of: $0) == version }) else { return nil }
            let again = try await kek.custody.unwrap(zip(wraps, sound).map { UnwrapItem(wrap: $0, context: $1.item.context) })
            guard again.count == sound.count, zip(again, sound).allSatisfy({ $0 == $1.item.plaintext }) else { throw Self.notTheSame }
            var result = [Blob?](repeating: nil, count: items.count)
            for (one, wrap) in zip(sound, wraps) { result[one.place] = wrap }
            return .some(result)
        }
    }

    /// The same for keys of the store itself, one by one and in guarded memory only.
    private func rewrappedSecrets(_ items: [UnwrapItem], with kek: PinnedKEK, version: UInt32) async throws(RewrapStop) -> [Blob?] {
        var result: [Blob?] = []
        let custody = custody
        for item in items {
            let wraps: [Blob?] = try await inRewrap { () async throws(CustodyError) in
                let secret: SecretBytes
                do throws(CustodyError) { secret = try await custody.unwrapSecret(item.wrap, context: item.context) } catch {
                    switch error {
                    case .integrity, .unknownVersion, .tooLarge: return .some([nil])
                    case .unreachable, .misconfigured: throw error
                    }
                }
                let wrap = try await kek.custody.wrapSecret(secret, context: item.context)
                guard kek.custody.version(of: wrap) == version else { return nil }
                let again = try await kek.custody.unwrapSecret(wrap, context: item.context)
                let isSame = secret.withBytes { one in again.withBytes { two in constantTimeEqual(one, two) } }
                guard isSame else { throw Self.notTheSame }
                return .some([wrap])
            }
            result += wraps
        }
        return result
    }

    private static var notTheSame: CustodyError { .misconfigured("the KEK does not give back what it wrapped; run: tacit kek status") }

    /// - Parameter body: `nil` where the custody wraps with another version now.
    private func inRewrap(_ body: () async throws(CustodyError) -> [Blob?]?) async throws(RewrapStop) -> [Blob?] {
        let result: [Blob?]?
        do throws(CustodyError) { result = try await body() } catch { throw .custody(error) }
        guard let result else { throw .changed }
        return result
    }
}
