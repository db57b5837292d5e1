/// Bodies of the routes about the broker itself.
package enum InfoMessages {
    /// `GET /v1/info`, open to all.
    package struct Info: Codable, Sendable, Hashable {
        package var version: String
        package var storeID: StoreID
        /// Base URL of the data plane, without a trailing slash.
        package var proxyURL: String
        /// `open`, `invite` or `closed`.
        package var registration: String
        package var assistedUnlock: Bool
        package init(version: String, storeID: StoreID, proxyURL: String, registration: String, assistedUnlock: Bool) {
            self.version = version
            self.storeID = storeID
            self.proxyURL = proxyURL
            self.registration = registration
            self.assistedUnlock = assistedUnlock
        }
        private enum CodingKeys: String, CodingKey {
            case version, registration, assistedUnlock
            case storeID = "storeId"
            case proxyURL = "proxyUrl"
        }
    }

    /// `GET /readyz`: 200 where `status` is `ready`, else 503.
    package struct Readiness: Codable, Sendable, Hashable {
        package var status: String
        package var memoryLocked: Bool
        package var kek: String
        /// Why the KEK does not answer, and what to do; absent where it does.
        package var kekCause: String?
        /// Rows that failed their check, as `table:id`.
        package var integrity: [String]
        package init(status: String, memoryLocked: Bool, kek: String, kekCause: String? = nil, integrity: [String]) {
            self.status = status
            self.memoryLocked = memoryLocked
            self.kek = kek
            self.kekCause = kekCause
            self.integrity = integrity
        }
    }

    /// `GET /v1/audit?last=N` (operator).
    package struct AuditList: Codable, Sendable, Hashable {
        package var records: [AuditRecord]
        package init(records: [AuditRecord]) { self.records = records }
    }
}
