import Broker
import HTTPTypes
import Hummingbird
import Logging
import Model

/// The outermost layer: every answer gets our fields, every error our shape, and a connection that carried a secret ends.
///
/// A token in a header becomes a `String` inside Hummingbird, and bodies pass through its buffers; none of these can be wiped from here.
/// Closing the connection makes them all be released soon, and the executable's `free` wipes what is released.
struct AnswerMiddleware: RouterMiddleware {
    typealias Context = ControlContext

    func handle(
        _ request: Request, context: ControlContext, next: @concurrent (Request, ControlContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            let known = Self.brokerError(error)
            if known.code == .internalError {
                context.logger.error("request failed", metadata: ["error.type": "\(type(of: error))"])
            } else {
                context.logger.debug("request refused", metadata: ["error.code": "\(known.code.rawValue)"])
            }
            response = ErrorAnswer(known, requestID: context.requestID).response
            if known.code == .methodNotAllowed { response.headers[.allow] = Operation.allowed(at: request.uri.path) }
        }
        AnswerFields.add(to: &response.headers, requestID: context.requestID)
        if request.headers.contains(.authorization) || Operation.carriesSecret(path: request.uri.path) || response.status.code == 413 {
            response.headers[.connection] = "close"
        }
        return response
    }

    /// Errors of Hummingbird in the broker's words; anything unknown is `internal` and says nothing.
    private static func brokerError(_ error: any Error) -> BrokerError {
        switch error {
        case let error as BrokerError: return error
        case let error as ModelError: return BrokerError(error)
        case let error as any HTTPResponseError where error.status == .notFound:
            return BrokerError(.notFound, "there is no such route; see openapi.yaml")
        case let error as any HTTPResponseError where error.status == .contentTooLarge:
            return BrokerError(.tooLarge, "the body is too large")
        case let error as any HTTPResponseError where (400..<500).contains(error.status.code):
            return BrokerError(.malformed, "the request is malformed; see openapi.yaml")
        default: return BrokerError(.internalError, "something went wrong in the broker; look into its log for the request id")
        }
    }
}
