import Logging
import Store

extension Broker {
    /// Makes usage of past days small, at the start and every six hours, until the task is cancelled.
    func compactUsageNowAndThen() async {
        while !Task.isCancelled {
            await compactUsage()
            do { try await Task.sleep(for: .seconds(6 * 3600)) } catch { return }
        }
    }

    /// In steps of some ten milliseconds, with three times as long between them for others' writes. What is left after a cancellation or a
    /// failure waits for the next time.
    private func compactUsage() async {
        var place: Int64? = 0
        while let from = place, !Task.isCancelled {
            let start = ContinuousClock.now
            do throws(StoreError) { place = try await store.compactUsage(now: clock(), after: from, limit: 1000) } catch {
                logger.error("usage of past days could not be added up")
                return
            }
            try? await Task.sleep(for: (ContinuousClock.now - start) * 3)
        }
    }
}
