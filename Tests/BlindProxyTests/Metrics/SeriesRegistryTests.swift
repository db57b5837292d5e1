import Model
import Testing

@testable import BlindProxy

@Suite struct SeriesRegistryTests {
    private func id(_ number: UInt8, _ alias: String) throws -> SeriesID {
        SeriesID(account: try #require(AccountID(bytes: [UInt8](repeating: number, count: 16))), alias: try #require(Alias(alias)))
    }

    @Test func oneAliasTooManyIsCountedUnderOther() throws {
        let registry = SeriesRegistry()
        let accounts = SeriesRegistry.maximumAliases / SeriesRegistry.maximumAliasesPerAccount
        for account in 0..<accounts {
            for number in 0..<SeriesRegistry.maximumAliasesPerAccount {
                let one = try id(UInt8(account), "a\(number)")
                #expect(registry.admit(one) == one)
            }
        }
        #expect(registry.admit(try id(99, "late")) == .other)
        let first = try id(0, "a0")
        #expect(registry.admit(first) == first)
    }

    @Test func oneAccountLeavesNamesForTheOthers() throws {
        let registry = SeriesRegistry()
        for number in 0..<SeriesRegistry.maximumAliasesPerAccount { _ = registry.admit(try id(1, "a\(number)")) }
        #expect(registry.admit(try id(1, "late")) == .other)
        let other = try id(2, "late")
        #expect(registry.admit(other) == other)
    }

    @Test func noAliasCanBeNamedLikeTheOthers() {
        #expect(Alias(SeriesID.other.alias) == nil)
    }

    @Test func oneStatusTooManyIsCountedUnderOther() throws {
        let registry = SeriesRegistry()
        let one = registry.admit(try id(1, "one"))
        let calls = AliasCalls(one, registry: registry)
        for round in 1...3 {
            for status in 0..<30 { calls.count(UInt16(200 + status)) }
            #expect(calls.statuses.count == SeriesRegistry.maximumStatuses)
            #expect(calls.statuses.allSatisfy { $0.count == UInt64(round) })
            #expect(calls.others == UInt64(10 * round))
        }
        // What one event loop may count by number, every loop may.
        let elsewhere = AliasCalls(one, registry: registry)
        elsewhere.count(229)
        elsewhere.count(219)
        #expect(elsewhere.statuses.map(\.status) == [219])
        #expect(elsewhere.others == 1)
    }

    @Test func otherAliasesAreOneSeries() throws {
        let registry = SeriesRegistry()
        let calls = AliasCalls(.other, registry: registry)
        for status: UInt16 in [200, 404, 502] { calls.count(status) }
        #expect(calls.statuses.isEmpty)
        #expect(calls.others == 3)
    }
}
