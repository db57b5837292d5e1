import Glibc
import Model
import NIOCore
import NIOPosix
import Primitives
import Testing

@testable import BlindProxy

/// Lookups on real threads that block.
@Suite struct NameResolverTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.any()

    private func account() throws -> AccountID { try #require(AccountID(bytes: Random.bytes(16))) }

    private func limits(_ milliseconds: Int64 = 60_000) -> ResolverLimits {
        var limits = ResolverLimits()
        limits.patienceMilliseconds = milliseconds
        return limits
    }

    @Test func aNameThatHangsFailsItsDialsAndKeepsOneThread() async throws {
        let names = BlockedNames()
        defer { names.open() }
        let resolver = NameResolver(limits: limits(100), lookUp: names.lookUp)
        let account = try account()
        for _ in 0..<5 {
            await #expect(throws: NameResolver.Failure.timedOut) { try await resolver.resolve("a.slow", for: account, on: loop).get() }
        }
        #expect(names.asked == ["a.slow"])
        #expect(resolver.runningCount == 1)
    }

    @Test func manyDialsOfOneNameAreOneLookup() async throws {
        let names = BlockedNames()
        let resolver = NameResolver(limits: limits(), lookUp: names.lookUp)
        let account = try account()
        let waiting = (0..<50).map { _ in resolver.resolve("a.slow", for: account, on: loop) }
        names.open()
        for answer in waiting { #expect(try await answer.get() == [.v4(0x7f00_0001)]) }
        #expect(names.asked == ["a.slow"])
    }

    @Test func oneAccountsHangingNamesDoNotDelayAnother() async throws {
        let names = BlockedNames()
        let resolver = NameResolver(limits: limits(), lookUp: names.lookUp)
        let (greedy, other) = (try account(), try account())
        let hanging = (0..<72).map { resolver.resolve("\($0).slow", for: greedy, on: loop) }
        #expect(resolver.runningCount == 8)
        await #expect(throws: NameResolver.Failure.refused) { try await resolver.resolve("x.slow", for: greedy, on: loop).get() }
        let start = ContinuousClock.now
        #expect(try await resolver.resolve("quick", for: other, on: loop).get() == [.v4(0x7f00_0001)])
        #expect(ContinuousClock.now - start < .seconds(10))
        names.open()
        for answer in hanging { #expect(try await answer.get().count == 1) }
        #expect(Set(names.asked).count == 73)
        #expect(names.asked.count == 73)
    }

    @Test func aDialInLineGivesUpToo() async throws {
        let names = BlockedNames()
        let resolver = NameResolver(limits: limits(200), lookUp: names.lookUp)
        let account = try account()
        let hanging = (0..<9).map { resolver.resolve("\($0).slow", for: account, on: loop) }
        for answer in hanging { await #expect(throws: NameResolver.Failure.timedOut) { try await answer.get() } }
        names.open()
        for _ in 0..<100 where resolver.runningCount > 0 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(resolver.runningCount == 0)
        #expect(!names.asked.contains("8.slow"), "nobody waits for it any more")
    }

    @Test func stoppingFailsWhatWaitsAndWaitsForNoThread() async throws {
        let names = BlockedNames()
        defer { names.open() }
        let resolver = NameResolver(limits: limits(), lookUp: names.lookUp)
        let account = try account()
        let waiting = resolver.resolve("a.slow", for: account, on: loop)
        resolver.stop()
        await #expect(throws: NameResolver.Failure.unavailable) { try await waiting.get() }
        await #expect(throws: NameResolver.Failure.unavailable) { try await resolver.resolve("b", for: account, on: loop).get() }
    }

    @Test func theSystemKnowsItsOwnName() {
        let found = Set(SystemNames.addresses(of: "localhost"))
        #expect(!found.isEmpty && found.isSubset(of: [.v4(0x7f00_0001), .v6(0, 1)]))
        #expect(SystemNames.addresses(of: "name.invalid").isEmpty)
    }

    @Test func aProcessEndsWhileALookupHangs() async {
        await #expect(processExitsWith: .success) {
            let resolver = NameResolver { _ in while true { sleep(1) } }
            let account = try #require(AccountID(bytes: Random.bytes(16)))
            _ = resolver.resolve("a", for: account, on: MultiThreadedEventLoopGroup.singleton.any())
            for _ in 0..<500 where resolver.runningCount == 0 { try await Task.sleep(for: .milliseconds(2)) }
            #expect(resolver.runningCount == 1)
        }
    }
}
