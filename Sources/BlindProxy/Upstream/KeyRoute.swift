import Model
import Sessions

/// One key as one event loop uses it: its bytes for heads, and its connections.
final class KeyRoute {
    let key: LiveKey
    let target: UpstreamTarget
    let location: LocationRewriter
    /// The alias as it stands in paths.
    let alias: [UInt8]
    /// `user:` where the injection is `basic`; what is encoded together with the key.
    let basicPrefix: [UInt8]
    let pool: UpstreamPool
    /// Where its calls are counted.
    let calls: AliasCalls
    /// Monotonic milliseconds.
    var lastUse: UInt64

    init(key: LiveKey, pool: UpstreamPool, calls: AliasCalls, now: UInt64) {
        self.key = key
        self.pool = pool
        self.calls = calls
        target = UpstreamTarget(key.destination, key.injection)
        location = LocationRewriter(destination: key.destination)
        alias = Array(key.alias.text.utf8)
        if case .basic(let prefix) = target.place { basicPrefix = prefix } else { basicPrefix = [] }
        lastUse = now
    }
}
