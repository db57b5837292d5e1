/// Where one of our own listeners stands.
package struct ListenerAddress: Hashable, Sendable {
    /// An address, or a name such as `localhost`.
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}
