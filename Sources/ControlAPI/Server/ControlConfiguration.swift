internal import Glibc

/// Where the control plane listens; plain values, read by the executable.
package struct ControlConfiguration: Sendable {
    /// Address of the TCP listener, or a name that resolves to one; `nil`: no TCP listener.
    package var host: String? = "127.0.0.1"
    /// 0: the system chooses (tests).
    package var port = 8700
    /// PEM files; both or none.
    package var tlsCertificateFile: String?
    package var tlsKeyFile: String?
    /// `nil`: no Unix socket, and so no operator.
    package var socketPath: String?
    /// Most connections at a time, per listener.
    package var maximumConnections = 512
    /// Seconds after which a connection without a complete request is closed.
    package var idleSeconds = 30
    /// Seconds a request's body may take in all, however steadily it trickles in.
    package var bodySeconds = 30

    package init() {}

    package var usesTLS: Bool { tlsCertificateFile != nil }

    /// Whether the TCP listener, if there is one, can be reached from this machine only.
    package var listensOnLoopbackOnly: Bool { host.map(Self.isLoopback) ?? true }

    /// - Throws: `.configuration` for no listener at all, one TLS file without the other, or a TCP listener off loopback without TLS.
    package func validate() throws(ControlStartError) {
        guard host != nil || socketPath != nil else {
            throw .configuration("the control plane has no listener; give --control or --control-socket")
        }
        guard (tlsCertificateFile == nil) == (tlsKeyFile == nil) else {
            throw .configuration("--control-tls-cert and --control-tls-key belong together")
        }
        guard (0...65_535).contains(port) else { throw .configuration("\(port) is not a port") }
        guard usesTLS || listensOnLoopbackOnly else {
            throw .configuration("a control listener off loopback needs TLS: give --control-tls-cert and --control-tls-key")
        }
    }

    /// Whether `host` is a loopback address or `localhost`.
    package static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" { return true }
        var four = in_addr()
        if unsafe inet_pton(AF_INET, host, &four) == 1 { return UInt32(bigEndian: four.s_addr) >> 24 == 127 }
        var six = in6_addr()
        guard unsafe inet_pton(AF_INET6, host, &six) == 1 else { return false }
        let bytes = unsafe withUnsafeBytes(of: &six) { unsafe Array($0) }
        return bytes == [UInt8](repeating: 0, count: 15) + [1]
    }
}
