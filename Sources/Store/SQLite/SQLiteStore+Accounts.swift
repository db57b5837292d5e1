import GRDB
package import Model

extension SQLiteStore {
    package func createAccount(
        _ account: AccountRecord, slots: [SlotRow], kekEpoch: UInt32, invitationDigest: Blob?, now: UInt64
    ) async throws(StoreError) {
        guard account.revision == 1, account.slotListRevision == 0 else { throw .invalid("a new account is at revision 1") }
        try Self.check(slots: slots, of: account.id, count: slots.count)
        let now = try ColumnValue.integer(now, "time")
        try await write { db in
            try Self.requireCurrent(db, kekEpoch: kekEpoch)
            if let invitationDigest {
                try db.execute(
                    sql: "DELETE FROM invitations WHERE token_digest = ? AND expires_at > ?", arguments: [invitationDigest.column, now])
                guard db.changesCount == 1 else { throw StoreError.invitationInvalid }
            }
            guard try !db.exists("accounts", "WHERE name = ?", [account.name.text]) else { throw StoreError.nameTaken }
            guard try !db.exists("accounts", "WHERE id = ?", [account.id.column]) else { throw StoreError.duplicate }
            try db.execute(sql: "UPDATE meta SET change = change + 1 WHERE id = 1")
            let change = try Int64.fetchOne(db, sql: "SELECT change FROM meta WHERE id = 1")
            try db.insertRow(account, adding: [("change", change)])
            for slot in slots { try db.insertRow(slot, adding: [("kek_version", Int64(kekEpoch))]) }
        }
    }

    package func account(_ id: AccountID) async throws(StoreError) -> AccountRecord? {
        try await read { db in try db.row(AccountRecord.self, "WHERE id = ?", [id.column]) }
    }

    package func account(named name: AccountName) async throws(StoreError) -> AccountRecord? {
        try await read { db in try db.row(AccountRecord.self, "WHERE name = ?", [name.text]) }
    }

    package func slots(of account: AccountID) async throws(StoreError) -> [SlotRow] {
        try await read { db in try db.rows(SlotRow.self, "WHERE account_id = ? ORDER BY slot_id", [account.column]).values }
    }

    package func replaceSlots(
        of account: AccountID, keep: [SlotID], add: [SlotRow], kekEpoch: UInt32, slotListSignature: Blob, expectedRevision: UInt64
    ) async throws(StoreError) -> UInt64 {
        let kept = Set(keep)
        try Self.check(slots: add, of: account, count: kept.count + add.count)
        let signature = try ColumnValue.blob(slotListSignature, count: 64, "slot list signature")
        let signedRevision = try ColumnValue.integer(expectedRevision, "revision")
        return try await change(account, expectedRevision: expectedRevision) { db in
            if !add.isEmpty { try Self.requireCurrent(db, kekEpoch: kekEpoch) }
            for slot in kept where try !db.exists("slots", "WHERE account_id = ? AND slot_id = ?", [account.column, slot.column]) {
                throw StoreError.notFound
            }
            for slot in add {
                let id = slot.parameters.slotID.column
                guard try !db.exists("slots", "WHERE account_id = ? AND slot_id = ?", [account.column, id]) else {
                    throw StoreError.duplicate
                }
            }
            let marks = kept.map { _ in "?" }.joined(separator: ", ")
            try db.execute(
                sql: "DELETE FROM slots WHERE account_id = ? AND slot_id NOT IN (\(marks))",
                arguments: [account.column] + StatementArguments(kept.map(\.column)))
            for slot in add { try db.insertRow(slot, adding: [("kek_version", Int64(kekEpoch))]) }
            try db.execute(
                sql: "UPDATE accounts SET slot_list_revision = ?, slot_list_signature = ? WHERE id = ?",
                arguments: [signedRevision, signature, account.column])
        }
    }

    static func check(slots: [SlotRow], of account: AccountID, count: Int) throws(StoreError) {
        guard (1...256).contains(count) else { throw .invalid("an account has 1 to 256 slots") }
        guard slots.allSatisfy({ $0.accountID == account }) else { throw .invalid("a slot of another account") }
        guard Set(slots.map(\.parameters.slotID)).count == slots.count else { throw .duplicate }
    }
}
