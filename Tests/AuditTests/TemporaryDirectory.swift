import Foundation
import GRDB

/// A directory of its own for one test, mode 0700.
struct TemporaryDirectory {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("tacit-audit-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Runs `sql` on the store's file as an intruder would.
    func alter(_ sql: String) throws {
        let intruder = try DatabaseQueue(path: path + "/tacit.db")
        try intruder.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA ignore_check_constraints = ON")
            try db.execute(sql: sql)
        }
        try intruder.close()
    }
}
