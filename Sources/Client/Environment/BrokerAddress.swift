package import HTTPTransport

/// Which broker a command talks to.
package enum BrokerAddress {
    /// Where there is no socket to open.
    package static let fallback = "http://127.0.0.1:8700"

    /// `TACIT_URL` where set; else the control socket of the default data directory when it can be opened; else 127.0.0.1:8700.
    /// - Parameter canConnect: whether a Unix socket at this path accepts a connection.
    /// - Throws: `.invalidInput` for a `TACIT_URL` of another form.
    package static func resolve(
        environment: [String: String], paths: ClientPaths, canConnect: (String) -> Bool = UnixSocket.accepts
    ) throws(ClientError) -> HTTPOrigin {
        if let given = environment["TACIT_URL"], !given.isEmpty {
            do { return try HTTPOrigin.parse(given) } catch {
                throw .invalidInput("TACIT_URL: \(error)\nwrite unix:PATH, https://HOST:PORT or http://127.0.0.1:PORT")
            }
        }
        let text = canConnect(paths.controlSocket) ? "unix:" + paths.controlSocket : fallback
        do { return try HTTPOrigin.parse(text) } catch { throw .invalidInput("\(text): \(error)") }
    }
}
