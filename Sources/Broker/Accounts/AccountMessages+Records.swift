import Model

extension AccountMessages.AccountKey {
    /// As it stands in the account's row.
    init(_ record: AccountRecord) {
        self.init(epoch: record.accountKeyEpoch, publicKey: record.accountPublicKey, signature: record.accountKeySignature)
    }
}

extension AccountMessages.Account {
    /// The account as it is answered; slots ascending by id.
    init(_ record: AccountRecord, slots: [SlotRow]) {
        self.init(
            accountID: record.id, name: record.name, identityPublicKey: record.identityPublicKey,
            accountKey: AccountMessages.AccountKey(record), revision: record.revision,
            slots: slots.map(\.entry).sorted { $0.slotID < $1.slotID }, slotListRevision: record.slotListRevision,
            slotListSignature: record.slotListSignature, createdAt: record.createdAt)
    }
}

extension SlotRow {
    /// What stands of this slot in the signed list.
    var entry: AccountMessages.SlotEntry {
        AccountMessages.SlotEntry(slotID: parameters.slotID, kind: parameters.kind, publicKey: publicKey)
    }
}
