import NIOCore
import NIOPosix

/// Finds every address and port under which a listener of this process can be reached.
enum OwnEndpoints {
    /// - Parameter listeners: hosts as they were configured; a wildcard address stands for every interface.
    static func of(_ listeners: [ListenerAddress]) -> Set<OwnEndpoint> {
        var found: Set<OwnEndpoint> = []
        let loopback = [IPAddress.v4(0x7f00_0001), .v6(0, 1)]
        let interfaces = ((try? System.enumerateDevices()) ?? []).compactMap { $0.address.flatMap { IPAddress($0) } }
        for listener in listeners {
            let addresses: [IPAddress] =
                switch IPAddress(listener.host) {
                case .v4(0), .v6(0, 0): loopback + interfaces
                case let address?: [address]
                case nil: loopback
                }
            for address in addresses { found.insert(OwnEndpoint(address: address, port: listener.port)) }
        }
        return found
    }
}
