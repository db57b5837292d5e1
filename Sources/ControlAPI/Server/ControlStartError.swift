/// Why the control plane could not start; ends with what to do.
package enum ControlStartError: Error, Equatable, CustomStringConvertible {
    case configuration(String)
    case tlsFile(String)
    case bind(String)
    /// Another process answers on the socket, or holds its lock.
    case socketInUse(String)
    /// The path or its directory is not as it has to be.
    case socketRefused(String)

    package var description: String {
        switch self {
        case .configuration(let reason), .tlsFile(let reason), .bind(let reason), .socketRefused(let reason): reason
        case .socketInUse(let path): "another broker listens on \(path); stop it or give --control-socket another path"
        }
    }
}
