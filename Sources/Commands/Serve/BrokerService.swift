import Broker
import Custody
import ServiceLifecycle

/// The broker's recurring work, ended after everything that uses it.
struct BrokerService: Service {
    let broker: Broker
    let custody: CustodySet
    let notifier: ServiceNotifier

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask { await broker.run() }
                group.addTask { await custody.run() }
                group.addTask { await feedWatchdog() }
                await group.waitForAll()
            }
        }
    }

    /// As long as tasks of this process get their turn, the service manager hears so.
    private func feedWatchdog() async {
        guard let interval = notifier.watchdogInterval else { return }
        while !Task.isCancelled {
            notifier.alive()
            do { try await Task.sleep(for: interval) } catch { return }
        }
    }
}
