import Model

/// What a route finds out about itself for its audit record; ids and names, never a secret.
struct AuditFacts: Sendable {
    /// Whose account it is about; the principal's own unless said otherwise.
    var accountID: AccountID?
    /// What was touched: an alias, a session id, an account's name.
    var subject = ""
    /// Who it turned out to be, where a login proved it.
    var actor: String?
}
