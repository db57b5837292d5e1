import Client
import HTTPTransport
import Model

/// The address of the data plane as the broker names it.
enum DataPlane {
    /// - Returns: `http(s)://HOST:PORT` without a trailing slash; nothing else gets into a child's environment or a shell.
    /// - Throws: `.refused` while the broker is starting, `.unusableAnswer` for a text of another form.
    static func url(_ info: InfoMessages.Info) throws(ClientError) -> String {
        guard !info.proxyURL.isEmpty else {
            throw .refused(status: 503, code: "starting", message: "the broker is still starting; run the same command again in a moment")
        }
        guard let origin = try? HTTPOrigin.parse(info.proxyURL), origin.loginOrigin != "unix", !info.proxyURL.hasSuffix("/") else {
            throw .unusableAnswer("the data plane's address is no URL")
        }
        return info.proxyURL
    }

    /// Whether the proxy listens: it is opened last.
    static func isOpen(_ info: InfoMessages.Info) -> Bool { !info.proxyURL.isEmpty }
}
