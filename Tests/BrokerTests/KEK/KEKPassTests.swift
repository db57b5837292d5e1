import Store
import Testing

@testable import Broker

@Suite struct KEKPassTests {
    @Test func neverFinishesBeforeTheLogIsEmpty() {
        var pass = KEKPass(target: 2)
        for _ in WrapTable.allCases { pass.didRewrap(last: nil, damaged: []) }
        #expect(pass.step == .truncate)
        pass.didTruncate(false)
        #expect(pass.step == .truncate)
        pass.didFinish(true)
        #expect(pass.step == .truncate)
        pass.didTruncate(true)
        #expect(pass.step == .finish)
    }

    @Test func beginsAgainWhereRowsAreLeftAndForgetsWhatItNamed() {
        var pass = KEKPass(target: 2)
        pass.didRewrap(last: 7, damaged: [IntegrityFault(table: "secrets", id: "a")])
        #expect(pass.step == .rewrap(.secrets, after: 7))
        for _ in WrapTable.allCases { pass.didRewrap(last: nil, damaged: []) }
        pass.didTruncate(true)
        #expect(pass.damaged.count == 1)
        pass.didFinish(false)
        #expect(pass.step == .rewrap(.secrets, after: .min))
        #expect(pass.damaged.isEmpty)
    }

    @Test func walksEveryTableOnce() {
        var pass = KEKPass(target: 2)
        var walked: [WrapTable] = []
        while case .rewrap(let table, let row) = pass.step {
            if row == .min { walked.append(table) }
            pass.didRewrap(last: row == .min ? 5 : nil, damaged: [])
        }
        #expect(walked == WrapTable.allCases)
        pass.didTruncate(true)
        pass.didFinish(true)
        #expect(pass.step == .end)
    }
}
