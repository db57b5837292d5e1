/// Every setting of `serve`, under its three names: `--control-tls-cert`, `TACIT_CONTROL_TLS_CERT`, and `"control_tls_cert"` in the file.
/// What each means stands in the help of ``ServeCommand``.
enum ServeSetting: String, CaseIterable, Sendable {
    case data, control, proxy, metrics, kek, registration, origin, sessions
    case proxyThreads = "proxy_threads"
    case upstreamCA = "upstream_ca"
    case privateDestinations = "private_destinations"
    case controlTLSCert = "control_tls_cert"
    case controlTLSKey = "control_tls_key"
    case proxyTLSCert = "proxy_tls_cert"
    case proxyTLSKey = "proxy_tls_key"
    case controlSocket = "control_socket"
    case assistedUnlock = "assisted_unlock"
    case requireMlock = "require_mlock"

    /// As an option.
    var option: String { "--" + rawValue.replacing("_", with: "-") }
    /// As an environment variable.
    var variable: String { "TACIT_" + rawValue.uppercased() }
}

/// A setting's text and where it came from, for errors.
struct SettingValue: Hashable, Sendable {
    let text: String
    /// `--proxy`, `TACIT_PROXY`, or `"proxy" in FILE`.
    let source: String
}
