import Dispatch
import Glibc
import ServiceLifecycle

/// SIGTERM and SIGINT as the wish to end well.
enum TerminationSignals {
    /// Runs services until they end; the first of the two signals asks them to shut down, one after the other, and a second one ends the
    /// process at once.
    static func run(_ services: ServiceGroup) async throws {
        let numbers = [SIGTERM, SIGINT]
        let sources = numbers.map { number in
            _ = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                for number in numbers { _ = signal(number, SIG_DFL) }
                Task { await services.triggerGracefulShutdown() }
            }
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        try await services.run()
    }
}
