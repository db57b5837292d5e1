import Hummingbird
import Logging
import NIOCore

/// What is known about a request besides its bytes.
struct ControlContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let requestID: String
    /// IP address of the other side; `nil` over the Unix socket.
    let address: String?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        requestID = RequestID.make()
        address = source.channel.remoteAddress?.ipAddress
        logger[metadataKey: "request.id"] = "\(requestID)"
    }
}
