import Custody
import Envelope
package import Model
import Store

extension Broker {
    /// Most keys one unlock may ask for; a session names no more.
    static let maximumUnlockedKeys = 256

    /// The sealed DEKs of what the client wants to unlock (`unlock`). The KEK's wrap is taken off; what is left opens with the account's
    /// private key, which only the client has.
    /// - Throws: `.aliasUnknown`, `.keyRevoked`, `.kekUnreachable`, `.integrity` where a seal does not open.
    package func unlock(_ message: SessionMessages.Unlock, call: Call) async throws(BrokerError) -> KeyMessages.List {
        try await audited(.unlock, call) { (facts) async throws(BrokerError) in
            facts.subject = message.aliases.map(\.text).joined(separator: ",")
            return try await sealedKeys(message.aliases, of: try call.ownerAccount())
        }
    }

    /// The same without a principal, for assisted unlock.
    func sealedKeys(_ aliases: [Alias], of id: AccountID) async throws(BrokerError) -> KeyMessages.List {
        let state = try await accountState(id)
        let keys = try Self.chosen(aliases, from: state.keys)
        guard keys.count <= Self.maximumUnlockedKeys else {
            throw BrokerError(.malformed, "a session names at most \(Self.maximumUnlockedKeys) keys; say which: --keys A,B")
        }
        var messages: [KeyMessages.Key] = []
        for key in keys {
            messages.append(KeyMessages.Key(key.record, versions: try await sealedVersions(key, account: state.account)))
        }
        let trust = WriterTrust(state.writers, identity: try identity(of: state.account))
        return KeyMessages.List(
            revision: state.revision, keys: messages.sorted { $0.alias < $1.alias },
            writers: trust.certificates(of: keys.flatMap(\.shownVersions)))
    }

    private static func chosen(_ aliases: [Alias], from keys: [KeyState]) throws(BrokerError) -> [KeyState] {
        let live = keys.filter { $0.record.revokedAt == nil }
        guard !aliases.isEmpty else { return live }
        var chosen: [KeyState] = []
        for alias in Set(aliases) {
            guard let key = live.first(where: { $0.record.alias == alias }) else {
                throw absent(alias, isRevoked: keys.contains { $0.record.alias == alias })
            }
            chosen.append(key)
        }
        return chosen
    }

    /// One key's versions that are not retired, with their seals to the account, the KEK's wrap taken off; and without a seal those retired
    /// ones that the word for the destination rests on.
    func sealedVersions(_ key: KeyState, account: AccountRecord) async throws(BrokerError) -> [KeyMessages.Version] {
        let row = "seals:\(key.record.id)"
        let seals = try await stored { () async throws(StoreError) in try await store.accountSeals(of: key.record.id) }
        let versions = key.versions.filter { $0.state != .retired }
        var items: [UnwrapItem] = []
        for version in versions {
            guard let seal = seals.first(where: { $0.version == version.version && $0.recipientID.bytes == account.id.bytes }),
                let context = try? KeyContext(key: key.record, version: version.version).dekSeal(
                    recipientKind: .account, recipientID: seal.recipientID, recipientPublicKey: seal.recipientPublicKey)
            else {
                faults.add(account: account.id, IntegrityFault(table: "seals", id: key.record.id.description))
                throw .integrity(row)
            }
            items.append(UnwrapItem(wrap: seal.wrappedSeal, context: context))
        }
        let opened: [Blob]
        do throws(BrokerError) {
            opened = try await inCustody(row) { () async throws(CustodyError) in try await custody.unwrap(items) }
        } catch {
            if error.code == .integrity {
                faults.add(account: account.id, IntegrityFault(table: "seals", id: key.record.id.description))
            }
            throw error
        }
        let opens = Dictionary(zip(versions.map(\.version), opened), uniquingKeysWith: { first, _ in first })
        return key.shownVersions.map { KeyMessages.Version($0, accountSeal: opens[$0.version]) }
    }
}
