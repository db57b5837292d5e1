import GRDB
import Model

extension SlotRow: StoredRow {
    static let table = "slots"
    static let identity = ["account_id", "slot_id"]

    init(row: RowReader) throws(RowFault) {
        guard let kind = SlotKind(rawValue: try row.integer("kind")) else { throw RowFault("kind") }
        let memory: UInt32? = try row.optionalInteger("cost_memory_kib")
        let passes: UInt32? = try row.optionalInteger("cost_passes")
        let iterations: UInt32? = try row.optionalInteger("cost_iterations")
        let costs: SlotCosts
        switch (memory, passes, iterations) {
        case (let memory?, let passes?, nil): costs = .argon2id(memoryKiB: memory, passes: passes)
        case (nil, nil, let iterations?): costs = .pbkdf2(iterations: iterations)
        case (nil, nil, nil): costs = .none
        default: throw RowFault("cost_memory_kib")
        }
        self.init(
            accountID: try row.id("account_id"),
            parameters: SlotParameters(slotID: try row.id("slot_id"), kind: kind, salt: try row.blob("salt", count: 16), costs: costs),
            publicKey: try row.blob("public_key", count: 32), wrappedRecord: try row.blob("wrapped_record", WrapLimits.range),
            createdAt: try row.integer("created_at"))
    }

    func columns() throws(StoreError) -> Columns {
        var memory: Int64?
        var passes: Int64?
        var iterations: Int64?
        switch parameters.costs {
        case .argon2id(let memoryKiB, let count): (memory, passes) = (Int64(memoryKiB), Int64(count))
        case .pbkdf2(let count): iterations = Int64(count)
        case .none: break
        }
        return [
            ("account_id", accountID.column),
            ("slot_id", parameters.slotID.column),
            ("kind", Int64(parameters.kind.rawValue)),
            ("salt", try ColumnValue.blob(parameters.salt, count: 16, "slot salt")),
            ("cost_memory_kib", memory),
            ("cost_passes", passes),
            ("cost_iterations", iterations),
            ("public_key", try ColumnValue.blob(publicKey, count: 32, "slot public key")),
            ("wrapped_record", try ColumnValue.blob(wrappedRecord, WrapLimits.range, "wrapped slot record")),
            ("created_at", try ColumnValue.integer(createdAt, "creation time")),
        ]
    }
}

/// Bytes of a KEK wrap (FORMAT section 1).
enum WrapLimits {
    static let range = 1...131_072
}
