import Model
import NIOCore
import Synchronization

/// Resolves names on threads of its own. What it gives is what gets dialled, so an answer that changes later cannot matter.
///
/// A lookup cannot be called off: a name whose servers stay silent keeps its thread until the system gives up. So a dial waits for a
/// while only, a name is looked up once however many dials want it, an account has a share of the threads (`LookupQueue`), and the threads
/// are detached: the end of the process waits for none. Nothing is cached: calls on pooled connections need no name, and one
/// lookup per name at a time bounds the rest, so an address that was withdrawn is not used a moment longer than the system's own caches say.
final class NameResolver: Sendable {
    enum Failure: Error, Equatable {
        /// The dial's patience is over; the lookup goes on.
        case timedOut
        /// Too many names of the account wait.
        case refused
        /// No thread was to be had, or the resolver has stopped.
        case unavailable
    }

    private struct Waiter: Sendable {
        let number: UInt64
        let promise: EventLoopPromise<[IPAddress]>
    }

    private struct State: Sendable {
        var queue: LookupQueue
        var waiters: [String: [Waiter]] = [:]
        var nextNumber: UInt64 = 0
        var isStopped = false
    }

    private let patience: TimeAmount
    private let lookUp: @Sendable (String) -> [IPAddress]
    private let state: Mutex<State>

    /// - Parameter lookUp: called on a thread of its own, may block; addresses in order of preference, none where there are none.
    init(
        limits: ResolverLimits = ResolverLimits(), lookUp: @escaping @Sendable (String) -> [IPAddress] = { SystemNames.addresses(of: $0) }
    ) {
        patience = .milliseconds(limits.patienceMilliseconds)
        self.lookUp = lookUp
        state = Mutex(State(queue: LookupQueue(limits: limits)))
    }

    /// Lookups under way, those included for which nobody waits any more.
    var runningCount: Int { state.withLock { $0.queue.runningCount } }

    /// The addresses of `host` in order of preference; empty where there is none. Fails with `Failure`.
    /// - Parameter account: whose share of the lookups a new one takes.
    func resolve(_ host: String, for account: AccountID, on loop: any EventLoop) -> EventLoopFuture<[IPAddress]> {
        let promise = loop.makePromise(of: [IPAddress].self)
        let outcome = state.withLock { state -> Result<(number: UInt64, starts: Bool), Failure> in
            guard !state.isStopped else { return .failure(.unavailable) }
            let place = state.queue.request(host, by: account)
            guard place != .refused else { return .failure(.refused) }
            state.nextNumber += 1
            state.waiters[host, default: []].append(Waiter(number: state.nextNumber, promise: promise))
            return .success((state.nextNumber, place == .starts))
        }
        switch outcome {
        case .failure(let failure): promise.fail(failure)
        case .success(let (number, starts)):
            let alarm = loop.scheduleTask(in: patience) { self.giveUp(host, number) }
            promise.futureResult.whenComplete { _ in alarm.cancel() }
            if starts { start([host]) }
        }
        return promise.futureResult
    }

    /// Fails whatever waits. Lookups under way go on without anybody.
    func stop() {
        let waiters = state.withLock { state in
            state.isStopped = true
            defer { state.waiters = [:] }
            return state.waiters.values.flatMap(\.self)
        }
        for waiter in waiters { waiter.promise.fail(Failure.unavailable) }
    }

    private func start(_ names: [String]) {
        var names = names
        while let name = names.popLast() {
            let isStarted = DetachedThread.run {
                let addresses = self.lookUp(name)
                self.start(self.finish(name, .success(addresses)))
            }
            if !isStarted { names += finish(name, .failure(.unavailable)) }
        }
    }

    /// - Returns: names whose lookup starts now.
    private func finish(_ name: String, _ result: Result<[IPAddress], Failure>) -> [String] {
        let (waiters, next) = state.withLock { state in
            let next = state.queue.finish(name)
            return (state.waiters.removeValue(forKey: name) ?? [], state.isStopped ? [] : next)
        }
        for waiter in waiters {
            switch result {
            case .success(let addresses): waiter.promise.succeed(addresses)
            case .failure(let failure): waiter.promise.fail(failure)
            }
        }
        return next
    }

    private func giveUp(_ host: String, _ number: UInt64) {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.waiters[host]?.firstIndex(where: { $0.number == number }) else { return nil }
            let waiter = state.waiters[host]?.remove(at: index)
            if state.waiters[host]?.isEmpty ?? false {
                state.waiters[host] = nil
                state.queue.drop(host)
            }
            return waiter
        }
        waiter?.promise.fail(Failure.timedOut)
    }
}
