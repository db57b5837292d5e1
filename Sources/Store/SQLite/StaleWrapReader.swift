import GRDB
import Model

extension SQLiteStore {
    /// Collects the rows of one batch. Seals and entries come by the hundred thousand: their columns are read by place, without a
    /// dictionary and without a copy in between.
    struct Found {
        private var wraps: [StaleWrap] = []
        private var faults: [IntegrityFault] = []
        private var keys: Set<KeyID> = []
        private var sessions: [SessionID: StaleSession] = [:]
        private var policies = StalePolicy.Cache()
        private var last: Int64?

        mutating func add(_ row: Row, of table: WrapTable) {
            guard let rowID = Self.integer(row, 0) else { return }
            last = rowID
            if let wrap = Self.read(row, rowID, table) {
                wraps.append(wrap)
                switch wrap.subject {
                case .seal(let key, _, _, _, _): keys.insert(key)
                case .entry(let session, let key, _):
                    keys.insert(key)
                    guard sessions[session] == nil, let expiresAt = Self.integer(row, 5).flatMap({ UInt64(exactly: $0) }),
                        let policy = policies.policy(of: row, from: 6)
                    else { break }
                    sessions[session] = StaleSession(expiresAt: expiresAt, policy: policy)
                case .secret, .slot: break
                }
            } else {
                faults.append(IntegrityFault(table: table.rawValue, id: "row \(rowID)"))
            }
        }

        /// The batch with the keys and sessions it names, as far as they are there and parse.
        func batch(_ db: Database) throws -> StaleWraps {
            var records: [KeyID: KeyRecord] = [:]
            for id in keys { records[id] = try db.rows(KeyRecord.self, "WHERE id = ?", [id.column]).values.first }
            return StaleWraps(wraps: wraps, keys: records, sessions: sessions, faults: faults, last: last)
        }

        private static func read(_ row: Row, _ rowID: Int64, _ table: WrapTable) -> StaleWrap? {
            if table == .slots {
                guard let slot = try? SlotRow(row: RowReader(row)) else { return nil }
                return StaleWrap(rowID: rowID, wrap: slot.wrappedRecord, subject: .slot(slot.accountID, slot.parameters))
            }
            guard let wrap = bytes(row, 1), WrapLimits.range.contains(wrap.count), let subject = subject(row, table) else { return nil }
            return StaleWrap(rowID: rowID, wrap: Blob(wrap), subject: subject)
        }

        private static func subject(_ row: Row, _ table: WrapTable) -> StaleWrap.Subject? {
            switch table {
            case .slots: return nil
            case .secrets:
                guard case .string(let name) = (row[2] as DatabaseValue).storage else { return nil }
                return .secret(name: name)
            case .seals:
                guard let key = bytes(row, 2).flatMap({ KeyID(bytes: $0) }), let version = number(row, 3),
                    let kind = number(row, 4).flatMap({ UInt8(exactly: $0) }).flatMap({ RecipientKind(rawValue: $0) }),
                    let id = bytes(row, 5), let publicKey = bytes(row, 6)
                else { return nil }
                return .seal(key, version: version, recipient: kind, id: Blob(id), publicKey: Blob(publicKey))
            case .sessionEntries:
                guard let session = bytes(row, 2).flatMap({ SessionID(bytes: $0) }), let key = bytes(row, 3).flatMap({ KeyID(bytes: $0) }),
                    let version = number(row, 4)
                else { return nil }
                return .entry(session, key, version: version)
            }
        }

        private static func bytes(_ row: Row, _ place: Int) -> [UInt8]? {
            (try? row.withUnsafeData(atIndex: place) { $0.map { [UInt8]($0) } }) ?? nil
        }

        private static func integer(_ row: Row, _ place: Int) -> Int64? {
            guard case .int64(let value) = (row[place] as DatabaseValue).storage else { return nil }
            return value
        }

        private static func number(_ row: Row, _ place: Int) -> UInt32? { integer(row, place).flatMap { UInt32(exactly: $0) } }
    }
}
