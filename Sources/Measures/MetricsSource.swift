/// A part of the process that can be measured.
package protocol MetricsSource: Sendable {
    /// Families no other source writes, as they stand now. Called at every scrape: never waits for peers.
    func metrics() async -> MetricsText
}

extension MetricsText {
    /// The page of several sources.
    package static func page(of sources: [any MetricsSource]) async -> MetricsText {
        var page = MetricsText()
        for source in sources { page.append(await source.metrics()) }
        return page
    }
}
