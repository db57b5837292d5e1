/// Why the proxy could not start; the reason names the setting.
package enum ProxyStartError: Error, Equatable, CustomStringConvertible {
    case tlsFile(String)
    case bind(String)
    case configuration(String)

    package var description: String {
        switch self {
        case .tlsFile(let reason), .bind(let reason), .configuration(let reason): reason
        }
    }
}
