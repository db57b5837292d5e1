import Testing

@testable import BlindProxy

@Suite struct LogSummaryTests {
    @Test func onlyWhatGrewIsSaid() {
        let metrics = LoopMetrics(registry: SeriesRegistry())
        metrics.countRefused("token_unknown")
        metrics.countRefused("foreign_host")
        metrics.countFailed("client_closed")
        let before = LogSummary(metrics)
        metrics.countRefused("token_unknown")
        metrics.countRefused("token_unknown")
        metrics.countFailed("upstream_tls")
        metrics.countFailed("client_closed")
        let now = LogSummary(metrics)
        #expect(now.refused.subtracting(before.refused).map { "\($0.code) \($0.count)" } == ["token_unknown 2"])
        #expect(now.failed.subtracting(before.failed).map { "\($0.code) \($0.count)" } == ["upstream_tls 1"])
        #expect(now.refused.subtracting(now.refused).isEmpty)
    }
}
