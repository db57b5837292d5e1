import Broker
import HTTPTypes
import Hummingbird

/// Puts the routes together for one listener.
enum ControlRouter {
    /// Methods that are answered 405 where a path has others; the rest is 404.
    private static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options, .trace, .connect]

    static func make(broker: Broker, transport: Transport) -> Router<ControlContext> {
        let router = Router(context: ControlContext.self)
        router.add(middleware: AnswerMiddleware())
        router.add(middleware: GuardMiddleware(origins: broker.origins, transport: transport))
        let handler = RouteHandler(broker: broker, transport: transport)
        for operation in Operation.allCases {
            router.on(
                RouterPath(operation.route.path), method: operation.route.method,
                responder: CallbackResponder { request, context in
                    try await handler.respond(operation, request, context)
                })
        }
        for path in Set(Operation.allCases.map(\.route.path)) {
            let known = Operation.allCases.filter { $0.route.path == path }.map(\.route.method)
            for method in methods where !known.contains(method) {
                router.on(
                    RouterPath(path), method: method,
                    responder: CallbackResponder { _, _ in
                        throw BrokerError(.methodNotAllowed, "this path has other methods; see openapi.yaml")
                    })
            }
        }
        return router
    }
}
