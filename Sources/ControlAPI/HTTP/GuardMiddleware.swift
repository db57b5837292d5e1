import Broker
import HTTPTypes
import Hummingbird

/// Refuses what must not reach a route: a request for a foreign host (DNS rebinding), and what a browser sends for a page that is not
/// ours (CSRF). It runs before anybody is asked who they are.
struct GuardMiddleware: RouterMiddleware {
    typealias Context = ControlContext

    let origins: OwnOrigins
    let transport: Transport

    func handle(
        _ request: Request, context: ControlContext, next: @concurrent (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        try check(request)
        return try await next(request, context)
    }

    private func check(_ request: Request) throws(BrokerError) {
        guard request.head.path?.hasPrefix("/") == true else {
            throw BrokerError(.ambiguousRequest, "the request target is no path; update the client")
        }
        // A second Host field stays among the fields; the first one became the authority.
        guard !request.headers.contains(.hostField), request.headers[values: .authorization].count <= 1,
            request.headers[values: .origin].count <= 1, request.headers[values: .fetchSite].count <= 1
        else { throw BrokerError(.ambiguousRequest, "a header field is there twice that may be there once") }
        if transport != .unix { try checkHost(request) }
        try checkOrigin(request)
    }

    private func checkHost(_ request: Request) throws(BrokerError) {
        guard let host = request.head.authority, origins.acceptsHost(host, scheme: transport == .tls ? "https" : "http") else {
            throw BrokerError(.foreignHost, "this host name is not ours; use the address the broker printed, or start it with --origin")
        }
    }

    private func checkOrigin(_ request: Request) throws(BrokerError) {
        let refusal = BrokerError(.originNotAllowed, "pages of this origin may not call; start the broker with --origin to allow one")
        if let origin = request.headers[.origin] {
            guard let canonical = OwnOrigins.canonical(origin), origins.named.contains(canonical) else { throw refusal }
        } else if let site = request.headers[.fetchSite], site != "same-origin", site != "none" {
            throw refusal
        }
    }
}
