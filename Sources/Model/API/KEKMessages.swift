/// Bodies of the operator's routes about the key encryption key.
package enum KEKMessages {
    /// `GET /v1/kek`, and the answer of `POST /v1/kek/versions` and `POST /v1/kek/versions/{epoch}/retire`.
    package struct Status: Codable, Sendable, Hashable {
        /// URI as `--kek` names it, without credentials.
        package var custody: String
        /// `file`, `vault-transit` or `vault-kv`.
        package var kind: String
        /// `ok`, `unreachable` or `misconfigured`.
        package var state: String
        /// Why, and what to do; empty where all is well.
        package var cause: String
        /// The custody's current version; absent where it could not be asked.
        package var currentVersion: UInt32?
        /// Ascending.
        package var epochs: [Epoch]
        /// The last rotation; absent where there never was one.
        package var rotation: Rotation?
        /// The custody the KEK is being moved away from; absent where no move is under way.
        package var movingFrom: String?
        package init(
            custody: String, kind: String, state: String, cause: String, currentVersion: UInt32?, epochs: [Epoch], rotation: Rotation?,
            movingFrom: String?
        ) {
            self.custody = custody
            self.kind = kind
            self.state = state
            self.cause = cause
            self.currentVersion = currentVersion
            self.epochs = epochs
            self.rotation = rotation
            self.movingFrom = movingFrom
        }
    }

    /// One version of the KEK in one custody, and the rows that need it.
    package struct Epoch: Codable, Sendable, Hashable {
        package var epoch: UInt32
        package var custody: String
        package var version: UInt32
        /// `current`, `old` or `retired`.
        package var state: String
        package var createdAt: UInt64
        package var rows: Rows
        package init(epoch: UInt32, custody: String, version: UInt32, state: String, createdAt: UInt64, rows: Rows) {
            self.epoch = epoch
            self.custody = custody
            self.version = version
            self.state = state
            self.createdAt = createdAt
            self.rows = rows
        }
    }

    /// Wraps by table.
    package struct Rows: Codable, Sendable, Hashable {
        package var secrets: UInt64
        package var slots: UInt64
        package var seals: UInt64
        package var sessionEntries: UInt64
        package init(secrets: UInt64, slots: UInt64, seals: UInt64, sessionEntries: UInt64) {
            self.secrets = secrets
            self.slots = slots
            self.seals = seals
            self.sessionEntries = sessionEntries
        }
        package var sum: UInt64 { secrets &+ slots &+ seals &+ sessionEntries }
    }

    /// `GET /v1/kek/rotation` and the answer of `POST /v1/kek/rotation`: how far the work of wrapping everything anew is.
    package struct Rotation: Codable, Sendable, Hashable {
        /// The epoch everything is wrapped under in the end.
        package var epoch: UInt32
        /// `running`, `done` or `damaged` (only rows are left that do not open).
        package var state: String
        /// Rows there were to wrap.
        package var total: UInt64
        package var rewrapped: UInt64
        /// Rows that do not open.
        package var damaged: UInt64
        /// As `table:id`, at most 100.
        package var damagedRows: [String]
        /// Why it does not go on at the moment; empty where it does.
        package var cause: String
        package var startedAt: UInt64
        package var finishedAt: UInt64?
        package init(
            epoch: UInt32, state: String, total: UInt64, rewrapped: UInt64, damaged: UInt64, damagedRows: [String], cause: String,
            startedAt: UInt64, finishedAt: UInt64?
        ) {
            self.epoch = epoch
            self.state = state
            self.total = total
            self.rewrapped = rewrapped
            self.damaged = damaged
            self.damagedRows = damagedRows
            self.cause = cause
            self.startedAt = startedAt
            self.finishedAt = finishedAt
        }
    }

    /// `POST /v1/kek/rotation`.
    package struct Rotate: Codable, Sendable, Hashable {
        /// Another custody to move the KEK to; absent: a new version in the same one.
        package var to: String?
        package init(to: String? = nil) { self.to = to }
    }
}
