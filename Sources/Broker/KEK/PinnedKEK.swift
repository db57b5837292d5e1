import Custody

/// The custody that wraps, as it stood at one moment: what is wrapped with it is stored under an epoch of the same one, even where a move
/// puts another in its place meanwhile.
struct PinnedKEK: Sendable {
    let custody: any Custody
    /// URI of the custody the KEK comes from during a move.
    var predecessor: String?
    /// Names that move.
    var generation: UInt64 = 0

    var uri: String { custody.uri }
}

extension Broker {
    var pinnedKEK: PinnedKEK {
        guard let pinned = custodySet?.pinned else { return PinnedKEK(custody: custody) }
        return PinnedKEK(custody: pinned.custody, predecessor: pinned.predecessor, generation: pinned.generation)
    }
}
