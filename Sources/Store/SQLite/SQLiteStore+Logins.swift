import GRDB
package import Model

extension SQLiteStore {
    package func insertLogin(_ login: LoginRecord) async throws(StoreError) {
        try await write { db in
            let slot: StatementArguments = [login.accountID.column, login.slotID.column]
            guard try db.exists("slots", "WHERE account_id = ? AND slot_id = ?", slot) else { throw StoreError.notFound }
            guard try !db.exists("logins", "WHERE token_digest = ?", [login.tokenDigest.column]) else { throw StoreError.duplicate }
            try db.insertRow(login)
        }
    }

    package func login(tokenDigest: Blob, now: UInt64) async throws(StoreError) -> LoginRecord? {
        let now = try ColumnValue.integer(now, "time")
        return try await read { db in
            try db.row(LoginRecord.self, "WHERE token_digest = ? AND expires_at > ?", [tokenDigest.column, now])
        }
    }

    package func deleteLogin(tokenDigest: Blob) async throws(StoreError) {
        try await write { db in
            try db.execute(sql: "DELETE FROM logins WHERE token_digest = ?", arguments: [tokenDigest.column])
        }
    }

    package func deleteLogins(of account: AccountID) async throws(StoreError) {
        try await write { db in try db.execute(sql: "DELETE FROM logins WHERE account_id = ?", arguments: [account.column]) }
    }

    package func insertInvitation(_ invitation: InvitationRecord) async throws(StoreError) {
        try await write { db in
            let digest = invitation.tokenDigest.column
            guard try !db.exists("invitations", "WHERE token_digest = ?", [digest]) else { throw StoreError.duplicate }
            try db.insertRow(invitation)
        }
    }
}
