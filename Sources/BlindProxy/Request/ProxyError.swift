import HTTPWire
import Model
import Sessions

/// An answer of our own instead of the upstream's.
struct ProxyError: Error, Equatable {
    let status: UInt16
    /// Stable, for programs.
    let code: String
    /// For people; ends with the next command. Never bytes of the request.
    let message: String
    var retryAfterSeconds: UInt32?
    /// The session whose next requests have to be reserved first; the call is tried again then.
    private(set) var reservable: SessionID?

    init(_ status: UInt16, _ code: String, _ message: String, retryAfterSeconds: UInt32? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
    }

    init(_ refusal: Refusal) {
        self.init(refusal.status, refusal.code.rawValue, refusal.message, retryAfterSeconds: refusal.retryAfterSeconds)
        reservable = refusal.reservable
    }

    /// What a client's bytes were refused for; such a connection is closed after the answer.
    init(request error: HTTPWireError) {
        self.init(
            error.requestStatus, error.requestStatus == 400 ? "ambiguous_request" : error.code,
            "the request was refused before it was read further (\(error.code)). run: curl -v to see what is sent")
    }

    /// Whether SDKs must not try again by themselves.
    var forbidsRetry: Bool { status == 401 || status == 403 || status == 404 || code == Refusal.Code.requestsUsedUp.rawValue }

    static func == (a: Self, b: Self) -> Bool { a.code == b.code && a.status == b.status }
}

extension ProxyError {
    static let tokenMissing = ProxyError(
        401, "token_missing", "the request carries no session token; use one as the API key. run: tacit run -- COMMAND")
    static let tokenMalformed = ProxyError(
        401, "token_malformed", "the API key is not a session token (tct_ and 64 characters). run: tacit unlock --print-token")
    static let tokenConflict = ProxyError(
        400, "token_conflict", "the request carries two different credentials; send the session token only. run: tacit env")
    static let tokenMisplaced = ProxyError(
        400, "token_misplaced", "a session token stands where none belongs; send it as the API key only. run: tacit env")
    static let foreignHost = ProxyError(
        421, "foreign_host", "this broker does not answer for that host name. run: tacit serve --origin URL to allow it")
    static let pathRefused = ProxyError(
        400, "ambiguous_request",
        "the path could be read as another one (dot segments, empty segments, encoded control bytes). run: tacit keys")
    static let originRepeated = ProxyError(
        400, "ambiguous_request", "the request names two browser origins. run: curl -v to see what is sent")
    static let preflightMalformed = ProxyError(
        400, "ambiguous_request", "the browser's question before a call cannot be read. run: curl -v to see what is sent")
    static let originUnknown = ProxyError(
        403, "origin_not_allowed", "no open session allows calls from this browser origin. run: tacit unlock --origins …")
    static let upgradeMalformed = ProxyError(
        400, "upgrade_malformed", "the WebSocket handshake is not one of RFC 6455, version 13. run: curl -v to see what is sent")
    static let upgradeEarly = ProxyError(
        400, "ambiguous_request", "bytes followed the WebSocket handshake before it was answered. run: curl -v to see what is sent")
    /// Ends tunnels only: no client reads it.
    static let tunnelIdle = ProxyError(504, "tunnel_idle", "nothing passed the tunnel for too long. run: the call again")
    static let draining = ProxyError(503, "draining", "the broker is shutting down. run: tacit status", retryAfterSeconds: 5)
    static let storeTimeout = ProxyError(
        503, Refusal.Code.requestsUncounted.rawValue,
        "the session's requests could not be counted, because the store did not answer in time. run: tacit doctor", retryAfterSeconds: 5)
    static let unreachable = ProxyError(
        502, "upstream_unreachable", "no address of the destination accepted a connection. run: tacit keys to see the destination")
    static let resolveFailed = ProxyError(
        502, "upstream_unreachable", "the destination's name could not be resolved. run: tacit keys to see the destination")
    static let resolveTimeout = ProxyError(504, "upstream_timeout", "the destination's name was not resolved in time. run: tacit doctor")
    static let dialsBusy = ProxyError(
        503, "dials_busy", "too many connections to destinations are being opened. run: the call again", retryAfterSeconds: 1)
    static let resolverBusy = ProxyError(
        503, "resolver_busy", "too many names of this account wait to be resolved. run: the call again", retryAfterSeconds: 5)
    static let destinationRefused = ProxyError(
        502, "destination_refused",
        "the destination's addresses are private or reserved. run: tacit enroll --allow-private-destination, and serve with --private-destinations"
    )
    static let upstreamTLS = ProxyError(
        502, "upstream_tls", "the destination's certificate was not accepted; nothing was sent. run: tacit doctor")
    static let upstreamClosed = ProxyError(
        502, "upstream_closed", "the upstream closed the connection before it answered. run: tacit usage")
    static let upstreamProtocol = ProxyError(
        502, "upstream_protocol", "the upstream's answer is not valid HTTP/1.1. run: tacit doctor")
    static let redirectRefused = ProxyError(
        502, "redirect_refused", "the upstream redirects away from the destination the key was enrolled for. run: tacit keys")
    static let upstreamTimeout = ProxyError(504, "upstream_timeout", "the upstream did not answer in time. run: tacit usage")
    static let connectTimeout = ProxyError(504, "upstream_timeout", "the upstream accepted no connection in time. run: tacit doctor")
    static let headTimeout = ProxyError(408, "request_timeout", "the request's head did not arrive in time. run: the call again")
    static let bodyTimeout = ProxyError(408, "request_timeout", "the request's body stopped coming. run: the call again")
    static let internalError = ProxyError(500, "internal", "the broker could not handle the request. run: tacit doctor")
}
