import Client
import Envelope
import Model

/// Which keys are older than they should be.
struct DueKeys {
    struct Item: Encodable, Hashable {
        var alias: Alias
        var provider: String
        /// In use now.
        var version: UInt32
        /// When its signer says it was made.
        var signedAt: UInt64
        var ageSeconds: UInt64
    }

    /// Oldest first.
    let items: [Item]

    /// - Throws: `.untrusted` where a version's signature does not hold: its age would be the broker's word.
    init(
        _ list: KeyMessages.List, identity: AccountIdentity, maximumAgeSeconds: UInt64, now: UInt64
    ) throws(ClientError) {
        var items: [Item] = []
        for key in list.keys where key.revokedAt == nil {
            guard let active = key.versions.first(where: { $0.state == .active }) else { continue }
            let signers = try VerifiedSigners(of: key, writers: list.writers ?? [], identity: identity)
            let signedAt = signers.signedAt[active.version] ?? 0
            let age = now - min(now, signedAt)
            guard age >= maximumAgeSeconds else { continue }
            items.append(Item(alias: key.alias, provider: key.provider, version: active.version, signedAt: signedAt, ageSeconds: age))
        }
        self.items = items.sorted { ($0.signedAt, $0.alias) < ($1.signedAt, $1.alias) }
    }
}
