/// Where one of our own listeners stands.
package struct ListenerAddress: Hashable, Sendable {
    /// The address the socket is bound to. A name stands for every address of the machine.
    package let host: String
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}
