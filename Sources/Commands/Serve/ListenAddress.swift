import HTTPTransport

/// Where to listen: `HOST:PORT`, an IPv6 address in brackets, port 0 for any free one.
struct ListenAddress: Hashable, Sendable {
    /// Without brackets.
    let host: String
    /// 0 to 65 535.
    let port: Int

    /// - Throws: `.setting` naming the source.
    init(_ value: SettingValue) throws(StartError) {
        guard let colon = value.text.lastIndex(of: ":"), let port = UInt16(value.text[value.text.index(after: colon)...]),
            let host = try? HTTPHost(value.text[..<colon])
        else {
            throw .setting("\(value.source): \(value.text.debugDescription) is no HOST:PORT such as 127.0.0.1:8700 or [::1]:8700")
        }
        self.host = host.text
        self.port = Int(port)
    }

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Whether only this machine reaches it.
    var isLoopback: Bool {
        (try? HTTPHost(host.contains(":") ? "[\(host)]" : host))?.isLoopback ?? false
    }

    /// As it stands in a URL.
    var urlHost: String { host.contains(":") ? "[\(host)]" : host }
}
