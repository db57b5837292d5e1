/// What the policy asks about a call besides its method, alias, path and origin.
package struct CallFacts: Sendable {
    /// The path holds nothing that could be read as two different paths (an encoded slash or backslash); where path rules apply, others are refused.
    package var isPathPlain: Bool
    /// The call asks to leave HTTP (a WebSocket).
    package var isUpgrade: Bool

    package init(isPathPlain: Bool, isUpgrade: Bool) {
        self.isPathPlain = isPathPlain
        self.isUpgrade = isUpgrade
    }
}
