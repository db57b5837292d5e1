import Store

/// What a broker does with a version of its custody that it is about to write wraps of: decided from the store's epochs alone.
enum KEKRegistration: Equatable {
    /// The pair is the current epoch.
    case known(UInt32)
    /// The pair is new and comes next; `replacing` is what is current now.
    case register(replacing: UInt32?)
    /// The current epoch has a custody of another name: its probe tells whether it is the same one at another place.
    case compare(KEKEpoch)
    /// Something later is current: wrap again.
    case passed

    /// - Parameters:
    ///   - custody: URI of the broker's own.
    ///   - predecessor: URI of the custody this one replaces, where the operator moves the KEK.
    init(epochs: [KEKEpoch], custody: String, version: UInt32, predecessor: String?) {
        guard let current = epochs.first(where: { $0.state == .current }) else {
            self = .register(replacing: nil)
            return
        }
        if current.custody == custody, current.version == version {
            self = .known(current.epoch)
        } else if epochs.contains(where: { $0.custody == custody && $0.version >= version }) {
            self = .passed
        } else if current.custody == custody || current.custody == predecessor {
            self = .register(replacing: current.epoch)
        } else {
            self = .compare(current)
        }
    }
}
