import Synchronization

/// Every listener of this process, by the address and port its socket really has: none of them is ever dialled.
///
/// One on a wildcard address, or on a name that was not resolved, is reached at any address of the machine. Which those are is asked at
/// each dial, so that an interface that came up later counts too.
package final class OwnListeners: Sendable {
    private let list = Mutex<Set<ListenerAddress>>([])
    private let isLocal: @Sendable (IPAddress) -> Bool

    /// - Parameter isLocal: whether an address is this machine's at the moment of the call.
    package init(isLocal: @escaping @Sendable (IPAddress) -> Bool = { LocalAddress.isLocal($0) }) {
        self.isLocal = isLocal
    }

    /// From now on `listener` is refused.
    package func add(_ listener: ListenerAddress) {
        list.withLock { _ = $0.insert(listener) }
    }

    /// Whether dialling `address` would reach one of the listeners.
    func contains(_ address: IPAddress, port: Int) -> Bool {
        let hosts = list.withLock { list in list.filter { $0.port == port }.map(\.host) }
        for host in hosts {
            switch IPAddress(host) {
            case .v4(0), .v6(0, 0), nil: if isLocal(address) { return true }
            case let own?: if own == address || own.embedded == address { return true }
            }
        }
        return false
    }
}
