import Model
import Primitives
import Testing

@testable import BlindProxy

@Suite struct LookupQueueTests {
    private let limits: ResolverLimits = {
        var limits = ResolverLimits()
        (limits.lookups, limits.lookupsPerAccount, limits.namesInLinePerAccount) = (4, 2, 3)
        return limits
    }()

    private func account() throws -> AccountID { try #require(AccountID(bytes: Random.bytes(16))) }

    @Test func oneAccountsNamesDoNotTakeEveryThread() throws {
        var queue = LookupQueue(limits: limits)
        let (greedy, modest) = (try account(), try account())
        #expect((1...2).map { queue.request("g\($0)", by: greedy) } == [.starts, .starts])
        #expect((3...5).map { queue.request("g\($0)", by: greedy) } == [.waits, .waits, .waits])
        #expect(queue.request("g6", by: greedy) == .refused)
        #expect(queue.request("m1", by: modest) == .starts)
        #expect(queue.runningCount == 3)
    }

    @Test func aNameIsLookedUpOnceAtATime() throws {
        var queue = LookupQueue(limits: limits)
        let (one, other) = (try account(), try account())
        #expect(queue.request("a", by: one) == .starts)
        #expect(queue.request("a", by: one) == .joins)
        #expect(queue.request("a", by: other) == .joins)
        #expect(queue.finish("a").isEmpty)
        #expect(queue.isEmpty)
        #expect(queue.request("a", by: other) == .starts)
    }

    @Test func aNameInAnotherAccountsLineStartsAtOnce() throws {
        var queue = LookupQueue(limits: limits)
        let (one, other) = (try account(), try account())
        for name in ["a", "b"] { #expect(queue.request(name, by: one) == .starts) }
        #expect(queue.request("c", by: one) == .waits)
        #expect(queue.request("c", by: one) == .joins)
        #expect(queue.request("c", by: other) == .starts)
        // Its turn in the first account's line comes while it is under way: nothing starts twice.
        #expect(queue.finish("a").isEmpty)
        #expect(queue.finish("c").isEmpty)
        #expect(queue.finish("b").isEmpty)
        #expect(queue.isEmpty)
    }

    @Test func accountsTakeTurns() throws {
        var queue = LookupQueue(limits: limits)
        let accounts = [try account(), try account(), try account()]
        for (number, account) in accounts[..<2].enumerated() {
            for name in 0..<2 { #expect(queue.request("\(number).\(name)", by: account) == .starts) }
            for name in 2..<4 { #expect(queue.request("\(number).\(name)", by: account) == .waits) }
        }
        #expect(queue.request("2.0", by: accounts[2]) == .waits)
        #expect(queue.finish("0.0") == ["0.2"])
        #expect(queue.finish("0.1") == ["2.0"], "the account at its share waits, the next one is served")
        #expect(queue.finish("1.0") == ["1.2"])
        #expect(queue.finish("2.0") == ["0.3"])
    }

    @Test func aNameNobodyWaitsForIsNotLookedUp() throws {
        var queue = LookupQueue(limits: limits)
        let one = try account()
        for name in ["a", "b", "c", "d"] { _ = queue.request(name, by: one) }
        queue.drop("c")
        queue.drop("a")
        #expect(queue.runningCount == 2, "a lookup under way goes on")
        #expect(queue.finish("a") == ["d"])
        #expect(queue.finish("b").isEmpty)
        #expect(queue.finish("d").isEmpty)
        #expect(queue.isEmpty)
    }
}
