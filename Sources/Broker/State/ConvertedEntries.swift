import Model
import Sessions

/// Seals that calls opened and that are to be stored as entries; kept until they are. The last of several for one place counts.
struct ConvertedEntries: Sendable {
    private struct Place: Hashable {
        let sessionID: SessionID
        let keyID: KeyID
        let version: UInt32
    }

    private var entries: [Place: ConvertedEntry] = [:]

    mutating func add(_ new: [ConvertedEntry]) {
        for entry in new { entries[Place(sessionID: entry.sessionID, keyID: entry.keyID, version: entry.version)] = entry }
    }

    /// Takes everything.
    mutating func take() -> [ConvertedEntry] {
        defer { entries = [:] }
        return Array(entries.values)
    }

    var isEmpty: Bool { entries.isEmpty }
}
