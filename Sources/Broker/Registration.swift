/// Who may create an account. The operator always may.
package enum Registration: String, Sendable, CaseIterable {
    /// Everybody; only where all listeners are on loopback.
    case open
    /// Whoever holds an unused invitation.
    case invite
    case closed
}
