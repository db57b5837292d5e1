import GRDB

extension SQLiteStore {
    package func kekEpochs() async throws(StoreError) -> [KEKEpoch] {
        try await read { db in try Self.kekEpochs(db) }
    }

    package func registerKEKEpoch(_ new: NewKEKEpoch, replacing current: UInt32?) async throws(StoreError) -> KEKEpoch {
        try await write { db in
            let epochs = try Self.kekEpochs(db)
            let standing = epochs.first { $0.state == .current }
            if let standing, standing.custody == new.custody, standing.version == new.version { return standing }
            let isLater = epochs.allSatisfy { $0.custody != new.custody || $0.version < new.version }
            guard standing?.epoch == current, isLater else { throw StoreError.kekEpochPassed }
            let number = epochs.isEmpty ? try Self.adoptVersions(db, of: new) : try Self.number(after: epochs)
            try db.execute(sql: "UPDATE kek_epochs SET state = 'old', probe = NULL WHERE state = 'current'")
            let record = KEKEpoch(
                epoch: number, custody: new.custody, version: new.version, state: .current, createdAt: new.createdAt, probe: new.probe)
            try db.insertRow(record)
            return record
        }
    }

    package func renameKEKCustody(from old: String, to new: String) async throws(StoreError) {
        let new = try ColumnValue.text(new, limit: KEKEpoch.custodyLimit, "custody")
        try await write { db in
            guard try !db.exists("kek_epochs", "WHERE custody = ?", [new]) else {
                throw StoreError.invalid("the custody has epochs of its own")
            }
            try db.execute(sql: "UPDATE kek_epochs SET custody = ? WHERE custody = ?", arguments: [new, old])
        }
    }

    /// Every insert that carries wraps asks this in its transaction, so that none is written under a KEK that may be retired.
    /// - Throws: `.kekEpochPassed` where `epoch` is not the current one.
    static func requireCurrent(_ db: Database, kekEpoch epoch: UInt32) throws {
        let isCurrent = try db.cachedStatement(sql: "SELECT 1 FROM kek_epochs WHERE epoch = ? AND state = 'current'")
        guard try Int.fetchOne(isCurrent, arguments: [Int64(epoch)]) != nil else { throw StoreError.kekEpochPassed }
    }

    static func kekEpochs(_ db: Database) throws -> [KEKEpoch] {
        let rows = try db.rows(KEKEpoch.self, "ORDER BY epoch", [])
        if let fault = rows.faults.first { throw StoreError.integrity(fault) }
        return rows.values
    }

    /// Rows of a store from before there were epochs name the version of the only custody there was: each of those becomes an epoch.
    /// - Returns: the number of the first epoch of today: its version's, unless rows name a later one, which nobody holds then.
    private static func adoptVersions(_ db: Database, of new: NewKEKEpoch) throws -> UInt32 {
        let union = WrapTable.allCases.map { "SELECT kek_version FROM \($0.rawValue)" }.joined(separator: " UNION ")
        let named = try Int64.fetchAll(db, sql: union).compactMap { UInt32(exactly: $0) }.filter { $0 >= 1 }.sorted()
        for version in named where version < new.version {
            try db.insertRow(
                KEKEpoch(
                    epoch: version, custody: new.custody, version: version, state: .old, createdAt: new.createdAt, probe: nil))
        }
        guard let highest = named.last, highest > new.version else { return new.version }
        guard highest < .max else { throw StoreError.invalid("a row names the last epoch there can be") }
        return highest + 1
    }

    private static func number(after epochs: [KEKEpoch]) throws -> UInt32 {
        guard let last = epochs.last, last.epoch < .max else { throw StoreError.invalid("there are no more epochs") }
        return last.epoch + 1
    }
}
