import GRDB

extension BrokerFixture {
    /// Writes into the database as somebody would who can write its file.
    func alter(_ sql: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let intruder = try DatabaseQueue(path: directory + "/data/tacit.db", configuration: configuration)
        try intruder.inDatabase { db in
            try db.execute(sql: "PRAGMA ignore_check_constraints = ON")
            try db.execute(sql: sql)
        }
        try intruder.close()
    }
}
