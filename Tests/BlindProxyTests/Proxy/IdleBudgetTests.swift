import Testing

@testable import BlindProxy

@Suite struct IdleBudgetTests {
    @Test func oneAccountTakesHalfAndNoMore() {
        let budget = IdleBudget(6)
        let (one, other) = (budget.makeShare(), budget.makeShare())
        #expect((0..<4).map { _ in one.take() } == [true, true, true, false])
        #expect((0..<4).map { _ in other.take() } == [true, true, true, false])
        one.give(2)
        #expect(one.take())
        #expect(!other.take())
    }

    @Test func allAccountsTogetherTakeNoMoreThanThereIs() {
        let budget = IdleBudget(5)
        let shares = (0..<3).map { _ in budget.makeShare() }
        #expect((0..<9).map { shares[$0 % 3].take() }.filter { $0 }.count == 5)
    }

    @Test func theSmallestBudgetKeepsOneConnection() {
        #expect(IdleBudget(1).makeShare().take())
        #expect(!IdleBudget(0).makeShare().take())
    }
}
