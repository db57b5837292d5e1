/// Why a request has no answer. Never holds a byte of a request, a response body or a header value.
package enum HTTPTransportError: Error, Equatable, Sendable {
    /// No connection: name not found, connection refused, socket file absent. The payload is the origin's `description`.
    case unreachable(host: String)
    /// Nothing connected, or nothing answered, within the client's times.
    case timeout
    /// No trustworthy TLS connection; the reason is the TLS library's, printable ASCII, at most 200 characters.
    case tls(reason: String)
    /// The answer's body is longer than the client's limit (bytes); the rest was not read.
    case bodyTooLarge(limit: Int)
    /// The peer's answer is no HTTP, is ambiguous, or ended early.
    case protocolError(reason: String)
    /// An origin or path this client does not dial. The text itself is left out: it may hold a password.
    case invalidURL(reason: String)
    /// The task was cancelled, or a stream's reader asked to stop.
    case aborted
    /// A method, header or body this client does not send.
    case invalidRequest(reason: String)
    /// A secret would have left this machine without TLS. The payload is the origin's `description`.
    case plaintextRefused(host: String)
    /// libcurl is too old, was built without something needed, or refused a setting.
    case library(reason: String)
}

extension HTTPTransportError: CustomStringConvertible {
    /// One line for people.
    package var description: String {
        switch self {
        case .unreachable(let host): "\(host) cannot be reached"
        case .timeout: "no answer in time"
        case .tls(let reason): "no trusted TLS connection: \(reason)"
        case .bodyTooLarge(let limit): "the answer is longer than \(limit) bytes"
        case .protocolError(let reason): "the answer is not valid HTTP: \(reason)"
        case .invalidURL(let reason): "not a usable URL: \(reason)"
        case .aborted: "the call was cancelled"
        case .invalidRequest(let reason): "not a sendable request: \(reason)"
        case .plaintextRefused(let host): "\(host) is not on this machine and has no TLS: no secret is sent there"
        case .library(let reason): "libcurl: \(reason)"
        }
    }
}
