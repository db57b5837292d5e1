import Testing

@testable import BlindProxy

@Suite struct CallTimesTests {
    @Test func theWaitForAConnectionAndForTheUpstreamIsNotOurs() {
        var times = CallTimes(start: 1_000)
        times.pause(at: 1_010)  // 10 of ours, then a dial
        times.resume(at: 500_000)
        times.handOver(at: 500_005)  // 5 more
        times.readAnswerHead(at: 900_005)
        #expect(times.timing == ServerTiming(tacitNanoseconds: 15, upstreamNanoseconds: 400_000))
        #expect(times.sendAnswerHead(at: 900_025) == 35)
        #expect(times.sendAnswerHead(at: 950_000) == nil)
    }

    @Test func aPooledConnectionIsTakenWithoutAPause() {
        var times = CallTimes(start: 100)
        times.resume(at: 130)
        times.handOver(at: 150)
        times.readAnswerHead(at: 200)
        #expect(times.sendAnswerHead(at: 207) == 57)
    }

    @Test func onlyTheLastReadOfAnAnswersHeadCounts() {
        var times = CallTimes(start: 0)
        times.handOver(at: 10)
        times.readAnswerHead(at: 1_000)
        times.readAnswerHead(at: 5_000)
        #expect(times.timing == ServerTiming(tacitNanoseconds: 10, upstreamNanoseconds: 4_990))
        #expect(times.sendAnswerHead(at: 5_004) == 14)
    }

    @Test func withoutAnAnswerNothingIsMeasured() {
        var times = CallTimes(start: 5)
        #expect(times.sendAnswerHead(at: 10) == nil)
        times.handOver(at: 20)
        #expect(times.sendAnswerHead(at: 30) == nil)
    }

    @Test func aClockThatStandsStillMeasuresNothing() {
        var times = CallTimes(start: 9)
        times.handOver(at: 9)
        times.readAnswerHead(at: 9)
        #expect(times.timing == ServerTiming(tacitNanoseconds: 0, upstreamNanoseconds: 0))
    }
}
