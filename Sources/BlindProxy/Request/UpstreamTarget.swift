import Model
import Sessions

/// What a key says about outgoing requests, as bytes that are copied into heads. An object, so that a call copies one reference.
final class UpstreamTarget: Sendable {
    /// Where the key enters.
    enum Place: Sendable {
        /// Lower-case name, text before and after the key.
        case header(name: [UInt8], prefix: [UInt8], suffix: [UInt8])
        case query(name: [UInt8])
        /// `user:`.
        case basic(prefix: [UInt8])
    }

    /// The value of `Host`: the port only where it is not the scheme's default.
    let host: [UInt8]
    /// Empty, or `/…` without a slash at its end.
    let basePath: [UInt8]
    let place: Place
    /// The lower-case name of the field the key enters; empty where it enters another way.
    let injectedName: [UInt8]

    init(_ destination: Destination, _ injection: Injection) {
        let isDefault = destination.port == (destination.scheme == .https ? 443 : 80)
        host = Array((destination.host.urlText + (isDefault ? "" : ":\(destination.port)")).utf8)
        basePath = Array((destination.basePath?.text ?? "").utf8)
        switch injection {
        case .header(let name, let prefix, let suffix):
            place = .header(name: Array(name.utf8), prefix: Array(prefix.utf8), suffix: Array(suffix.utf8))
            injectedName = Array(name.utf8)
        case .query(let name):
            place = .query(name: Array(name.utf8))
            injectedName = []
        case .basic(let user):
            place = .basic(prefix: Array((user + ":").utf8))
            injectedName = []
        }
    }

    /// Bytes that what is injected needs besides a key of `keyCount` bytes, at most.
    func injectedCount(keyCount: Int) -> Int {
        switch place {
        case .header(let name, let prefix, let suffix): name.count + prefix.count + suffix.count + keyCount + 4
        case .query(let name): name.count + 3 * keyCount + 2
        case .basic(let prefix): 32 + 4 * ((prefix.count + keyCount + 2) / 3)
        }
    }
}
