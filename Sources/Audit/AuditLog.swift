package import Model
package import Store

/// The hash-chained record of everything that was done through the control plane (FORMAT section 12). Not logging: each record is
/// durable before the action is answered.
package final class AuditLog: Sendable {
    private let store: any Store
    private let clockMilliseconds: @Sendable () -> UInt64

    /// - Parameter clockMilliseconds: time since 1970.
    package init(store: any Store, clockMilliseconds: @escaping @Sendable () -> UInt64) {
        self.store = store
        self.clockMilliseconds = clockMilliseconds
    }

    /// Appends one record, durable when this returns. Several tasks and several brokers on one store make one chain.
    ///
    /// Text fields hold ids and names, never a secret; 1 024 bytes each at most, longer ones are cut, since an action must not fail, nor
    /// go unrecorded, for a long name in it.
    /// - Throws: what the store throws; the action must then not be acknowledged.
    @discardableResult
    package func append(
        actor: String, action: String, accountID: AccountID?, subject: String, outcome: String, requestID: String
    ) async throws(StoreError) -> AuditRecord {
        let time = clockMilliseconds()
        let fields = [actor, action, subject, outcome, requestID].map(Self.storable)
        return try await store.appendAudit { last in
            func record(hash: Blob) -> AuditRecord {
                AuditRecord(
                    sequence: (last?.sequence ?? 0) &+ 1, previousHash: last?.hash ?? AuditChain().head, timeMilliseconds: time,
                    accountID: accountID, actor: fields[0], action: fields[1], subject: fields[2], outcome: fields[3],
                    requestID: fields[4], hash: hash)
            }
            return record(hash: AuditContext.hash(of: record(hash: Blob([]))))
        }
    }

    /// Walks the whole log, a page at a time.
    /// - Throws: what the store throws, a row that does not parse apart: that is an answer.
    package func verify() async throws(StoreError) -> AuditVerification {
        var chain = AuditChain()
        while true {
            let page: [AuditRecord]
            do throws(StoreError) { page = try await store.audit(from: chain.nextSequence, limit: Self.pageCount) } catch {
                guard case .integrity = error else { throw error }
                return try await verifySingly(chain)
            }
            guard !page.isEmpty else { return .intact(records: chain.count, head: chain.head) }
            for record in page {
                if let reason = chain.append(record) { return .broken(sequence: chain.nextSequence, reason: reason) }
            }
        }
    }

    /// Goes on record by record in a page that holds an unreadable one, to say which it is.
    private func verifySingly(_ start: AuditChain) async throws(StoreError) -> AuditVerification {
        var chain = start
        while true {
            do throws(StoreError) {
                guard let record = try await store.audit(from: chain.nextSequence, limit: 1).first else {
                    return .intact(records: chain.count, head: chain.head)
                }
                if let reason = chain.append(record) { return .broken(sequence: chain.nextSequence, reason: reason) }
            } catch {
                guard case .integrity = error else { throw error }
                return .broken(sequence: chain.nextSequence, reason: .unreadable)
            }
        }
    }

    private static let pageCount = 1000

    /// At most 1 024 bytes of whole characters, without the NUL at which SQLite would cut.
    private static func storable(_ text: String) -> String {
        var cut = ""
        var count = 0
        for scalar in text.unicodeScalars where scalar.value != 0 {
            count += UTF8.width(scalar)
            guard count <= AuditContext.textLimit else { break }
            cut.unicodeScalars.append(scalar)
        }
        return cut
    }
}
