import Broker
import HTTPTypes
import Hummingbird
import Measures

/// Puts the routes together for one listener.
enum ControlRouter {
    /// Methods that are answered 405 where a path has others; the rest is 404.
    private static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options, .trace, .connect]

    static func make(broker: Broker, metrics: [any MetricsSource], transport: Transport) -> Router<ControlContext> {
        let router = Router(context: ControlContext.self)
        router.add(middleware: AnswerMiddleware())
        router.add(middleware: GuardMiddleware(origins: broker.origins, transport: transport))
        let handler = RouteHandler(broker: broker, metrics: metrics, transport: transport)
        for operation in Operation.allCases {
            add(operation, to: router) { request, context in try await handler.respond(operation, request, context) }
        }
        return router
    }

    /// Adds an operation under its methods, and 405 for the methods that none of the path's operations has.
    static func add(
        _ operation: Operation, to router: Router<ControlContext>,
        _ respond: @escaping @Sendable (Request, ControlContext) async throws -> Response
    ) {
        let path = operation.route.path
        for method in operation.methods {
            router.on(
                RouterPath(path), method: method,
                responder: CallbackResponder { request, context in try await respond(request, context) })
        }
        let together = Operation.allCases.filter { $0.route.path == path }
        guard together.first == operation else { return }
        for method in methods where !together.contains(where: { $0.methods.contains(method) }) {
            router.on(
                RouterPath(path), method: method,
                responder: CallbackResponder { _, _ in
                    throw BrokerError(.methodNotAllowed, "this path has other methods; see openapi.yaml")
                })
        }
    }
}
