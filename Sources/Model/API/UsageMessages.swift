/// `GET /v1/usage?since=SECONDS&by=WORD,…`.
package enum UsageMessages {
    /// What calls are told apart by; in the order of the columns.
    package enum Dimension: String, CaseIterable, Sendable {
        /// Day in UTC.
        case day
        case session
        case alias
        /// Of the key.
        case version
        /// HTTP status the client saw.
        case status
    }

    /// A sum of calls. The fields of dimensions that were not asked for are absent.
    package struct Sum: Codable, Sendable, Hashable {
        /// Seconds since 1970 at which the day began, UTC.
        package var day: UInt64?
        package var sessionID: SessionID?
        package var alias: Alias?
        package var version: UInt32?
        package var status: UInt16?
        package var requests: UInt64 = 0
        /// Bytes of bodies.
        package var bytesUp: UInt64 = 0
        package var bytesDown: UInt64 = 0
        package var redactions: UInt64 = 0
        /// Requests for which the key was opened.
        package var exposures: UInt64 = 0
        /// How long keys were open, all exposures together.
        package var exposureMicroseconds: UInt64 = 0

        package init(day: UInt64? = nil, sessionID: SessionID? = nil, alias: Alias? = nil, version: UInt32? = nil, status: UInt16? = nil) {
            self.day = day
            self.sessionID = sessionID
            self.alias = alias
            self.version = version
            self.status = status
        }

        private enum CodingKeys: String, CodingKey {
            case day, alias, version, status, requests, bytesUp, bytesDown, redactions, exposures, exposureMicroseconds
            case sessionID = "sessionId"
        }
    }

    package struct List: Codable, Sendable, Hashable {
        package var usage: [Sum]
        package init(usage: [Sum]) { self.usage = usage }
    }
}

extension Set<UsageMessages.Dimension> {
    /// What is shown where nobody says otherwise.
    package static let usual: Self = [.alias, .version, .status]

    /// Reads names between commas; `nil` for an unknown one, one given twice, or none.
    package init?(names: some StringProtocol) {
        self = []
        for name in names.split(separator: ",", omittingEmptySubsequences: false) {
            guard let dimension = UsageMessages.Dimension(rawValue: String(name)), insert(dimension).inserted else { return nil }
        }
    }

    /// The names between commas, in the order of the columns.
    package var names: String {
        UsageMessages.Dimension.allCases.filter(contains).map(\.rawValue).joined(separator: ",")
    }
}
