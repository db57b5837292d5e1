/// A stored row that no longer parses, or whose owner is gone; for `/readyz` and `doctor`.
package struct IntegrityFault: Hashable, Sendable, CustomStringConvertible {
    package let table: String
    /// Base64url of the row's id, `/` between the parts of a compound one, or `row N` where it has no readable id.
    package let id: String

    package init(table: String, id: String) {
        self.table = table
        self.id = id
    }

    /// `table:id`
    package var description: String { "\(table):\(id)" }
}
