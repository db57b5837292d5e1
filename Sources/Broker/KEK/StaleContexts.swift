import Envelope
import Model
import Store

/// Rebuilds the contexts of one batch's wraps from their rows. What several of them share is made once.
struct StaleContexts {
    private let batch: StaleWraps
    private let storeID: StoreID
    private var keys: [KeyVersion: KeyContext] = [:]
    private var digests: [SessionPolicy: Blob] = [:]

    private struct KeyVersion: Hashable {
        let key: KeyID
        let version: UInt32
    }

    init(_ batch: StaleWraps, storeID: StoreID) {
        self.batch = batch
        self.storeID = storeID
    }

    /// - Returns: `nil` where the row, or the key or session it belongs to, does not give one.
    mutating func context(of subject: StaleWrap.Subject) -> ContextBytes? {
        do throws(EnvelopeError) {
            switch subject {
            case .secret(let name): return try WrapContexts.storeSecret(storeID: storeID, name: name)
            case .slot(let account, let parameters): return try WrapContexts.slot(accountID: account, parameters: parameters)
            case .seal(let key, let version, let recipient, let id, let publicKey):
                return try self.key(key, version)?.dekSeal(recipientKind: recipient, recipientID: id, recipientPublicKey: publicKey)
            case .entry(let session, let key, let version):
                guard let record = batch.sessions[session], let context = try self.key(key, version) else { return nil }
                return try context.sessionEntry(
                    sessionID: session, expiresAt: record.expiresAt, policyDigest: try digest(of: record.policy))
            }
        } catch { return nil }
    }

    /// A row as `/readyz` and the job name it.
    static func fault(_ table: WrapTable, _ subject: StaleWrap.Subject) -> IntegrityFault {
        switch subject {
        case .secret(let name): IntegrityFault(table: table.rawValue, id: Blob(Array(name.utf8.prefix(64))).text)
        case .slot(let account, let parameters): IntegrityFault(table: table.rawValue, id: "\(account):\(parameters.slotID)")
        case .seal(let key, let version, _, let id, _): IntegrityFault(table: table.rawValue, id: "\(id.text):\(key)@\(version)")
        case .entry(let session, let key, let version): IntegrityFault(table: table.rawValue, id: "\(session):\(key)@\(version)")
        }
    }

    private mutating func key(_ id: KeyID, _ version: UInt32) throws(EnvelopeError) -> KeyContext? {
        let place = KeyVersion(key: id, version: version)
        if let context = keys[place] { return context }
        guard let record = batch.keys[id] else { return nil }
        let context = try KeyContext(key: record, version: version)
        keys[place] = context
        return context
    }

    private mutating func digest(of policy: SessionPolicy) throws(EnvelopeError) -> Blob {
        if let digest = digests[policy] { return digest }
        let digest = try PolicyCoding.digest(policy)
        digests[policy] = digest
        return digest
    }
}
