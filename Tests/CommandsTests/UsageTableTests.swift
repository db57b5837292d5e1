import Model
import Testing

@testable import Commands

@Suite struct UsageTableTests {
    private func sum() -> UsageMessages.Sum {
        var sum = UsageMessages.Sum(day: 86_400 * 20_000, alias: Alias("openai"), version: 2, status: 200)
        sum.requests = 10
        sum.bytesUp = 1
        sum.bytesDown = 2
        sum.redactions = 3
        sum.exposures = 8
        sum.exposureMicroseconds = 100
        return sum
    }

    @Test func theUsualColumns() {
        let table = UsageTable(.usual)
        #expect(table.header == ["KEY", "STATUS", "REQUESTS", "BYTES UP", "BYTES DOWN", "REDACTIONS", "EXPOSURE"])
        #expect(table.row(sum()) == ["openai@2", "200", "10", "1", "2", "3", "12 µs"])
    }

    @Test func eachDimensionIsAColumn() {
        let table = UsageTable([.day, .alias])
        #expect(table.header.prefix(2) == ["DAY", "KEY"])
        var sum = sum()
        sum.version = nil
        #expect(table.row(sum).prefix(2) == ["2024-10-04", "openai"])
        #expect(UsageTable([.session]).header.first == "SESSION")
        for dimension in UsageMessages.Dimension.allCases {
            let table = UsageTable([dimension])
            #expect(table.header.count == 6 && table.row(sum).count == 6, "\(dimension)")
        }
    }

    @Test func withoutAnExposureThereIsNoMean() {
        var sum = sum()
        (sum.exposures, sum.exposureMicroseconds) = (0, 0)
        #expect(UsageTable(.usual).row(sum).last == "-")
        (sum.exposures, sum.exposureMicroseconds) = (4, 3)
        #expect(UsageTable(.usual).row(sum).last == "1 µs")
    }
}
