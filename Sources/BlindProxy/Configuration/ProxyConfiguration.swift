/// Everything the blind proxy is told at its start.
package struct ProxyConfiguration: Sendable {
    /// An address or `localhost`.
    package var host: String
    /// 0 asks the system for a free one.
    package var port: Int
    /// Event loops; each serves its own connections.
    package var threads = 1
    /// PEM files of certificate chain and key; both or none.
    package var tlsCertificateFile: String?
    package var tlsKeyFile: String?
    /// PEM file of certificates trusted for upstreams besides the system's.
    package var upstreamCAFile: String?
    /// Blocks that keys enrolled for private destinations may reach.
    package var privateDestinations: [CIDR] = []
    /// `scheme://host[:port]` under which clients may reach us besides the listener's own address.
    package var origins: [String] = []
    package var limits = ProxyLimits()

    package init(host: String = "127.0.0.1", port: Int = 8701) {
        self.host = host
        self.port = port
    }
}
