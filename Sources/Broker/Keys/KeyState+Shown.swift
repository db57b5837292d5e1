import Model
import Store

extension KeyState {
    /// The versions that lists name. Each rotation leaves a tombstone, so of the retired ones only those that something rests on are among
    /// them: the first (whose signer chose the destination), the newest (after which the next one counts), and the newest that the identity
    /// key signed (which confirms the destination).
    var shownVersions: [KeyVersionRecord] {
        let identitySigned = versions.last { $0.signer.kind == .identity }?.version
        return versions.filter {
            $0.state != .retired || $0.version == versions.first?.version || $0.version == versions.last?.version
                || $0.version == identitySigned
        }
    }
}
