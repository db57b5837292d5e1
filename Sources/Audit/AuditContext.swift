import Model
import Primitives

/// The canonical bytes of an audit record, `tacit/audit/v1` (FORMAT sections 1 and 12), and their hash.
///
/// Written here and not in `Envelope`: whoever walks the log needs no key format.
enum AuditContext {
    private static let label = "tacit/audit/v1"
    /// Of one text field, as the store has it; nine fields stay far below the 65 536 bytes of a context.
    static let textLimit = 1024

    /// SHA-256 of the record's context; the record's own `hash` does not enter.
    static func hash(of record: AuditRecord) -> Blob {
        Blob(unsafe SHA256.hash(bytes(of: record).span.bytes))
    }

    static func bytes(of record: AuditRecord) -> [UInt8] {
        var bytes = [UInt8(label.utf8.count)] + Array(label.utf8)
        func add(_ tag: UInt8, _ value: some Collection<UInt8>) {
            bytes.append(tag)
            bytes += bigEndian(UInt32(truncatingIfNeeded: value.count))
            bytes += value
        }
        add(0x01, record.accountID?.bytes ?? [UInt8](repeating: 0, count: 16))
        add(0x50, bigEndian(record.sequence))
        add(0x51, record.previousHash.bytes)
        add(0x52, bigEndian(record.timeMilliseconds))
        add(0x53, record.actor.utf8)
        add(0x54, record.action.utf8)
        add(0x55, record.subject.utf8)
        add(0x56, record.outcome.utf8)
        add(0x57, record.requestID.utf8)
        return bytes
    }

    private static func bigEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        stride(from: T.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> T($0)) }
    }
}
