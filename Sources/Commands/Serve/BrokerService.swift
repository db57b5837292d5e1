import Broker
import ServiceLifecycle

/// The broker's recurring work, ended after everything that uses it.
struct BrokerService: Service {
    let broker: Broker

    func run() async throws {
        await cancelWhenGracefulShutdown { await broker.run() }
    }
}
