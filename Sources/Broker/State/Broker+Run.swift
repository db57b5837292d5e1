import Audit
import Logging
import Model
import Sessions
import Store
import Synchronization

extension Broker {
    /// Does what has to be done now and then, until the task is cancelled; writes usage a last time then. Call it once, after
    /// ``start()``.
    ///
    /// Every 200 ms the store's change counter (changes by other brokers), every second usage, sessions that were idle too long, opened
    /// seals and versions whose grace is over, every minute what has expired in the store, leases that end soon and reserved requests
    /// nobody used. Beside that, because a KEK may take long to answer: every second sessions in memory that expired, every 5 s what waits
    /// for the KEK, and its current version; and the job that wraps everything anew, whenever the store has one that no other broker does.
    /// A few times a day usage of past days becomes sums per day.
    package func run() async {
        // Ends with this task's cancellation, and is waited for.
        async let jobs: Void = runKEKJobs()
        async let watch: Void = watchKEK()
        async let sweeping: Void = sweepEachSecond()
        async let days: Void = compactUsageNowAndThen()
        var tick: UInt64 = 0
        while !Task.isCancelled {
            await followChanges()
            if tick % 5 == 0 {
                await flushUsage()
                await endIdle()
                await storeConverted()
                await retireDue()
            }
            if tick % 300 == 0 {
                await purge()
                await warnOfLeases()
                dropOldProbes()
                await returnRequests()
            }
            tick &+= 1
            do { try await Task.sleep(for: .milliseconds(200)) } catch { break }
        }
        _ = await (jobs, watch, sweeping, days)
        // In a task of its own: this one is cancelled, and so would the store's write be.
        await Task {
            await self.flushUsage()
            await self.storeConverted()
            await self.returnRequests()
        }.value
    }

    /// Beside everything that may wait for the store or the KEK: what could open a key goes when its session expires.
    private func sweepEachSecond() async {
        while !Task.isCancelled {
            sessions.sweep()
            do { try await Task.sleep(for: .seconds(1)) } catch { break }
        }
    }

    /// Reads every account again that changed since the counter was last read.
    func followChanges() async {
        let since = life.withLock { $0.changeCounter }
        do throws(StoreError) {
            guard try await store.changeCounter() != since else { return }
            let changes = try await store.changedAccounts(since: since)
            for id in changes.ids { await reload(id) }
            life.withLock { $0.changeCounter = changes.counter }
        } catch {
            logger.error("the store's changes could not be read")
        }
    }

    /// Writes the sums of calls; what could not be written is kept for the next time.
    func flushUsage() async {
        let records = usage.drain(at: clock())
        guard !records.isEmpty else { return }
        do throws(StoreError) { try await store.appendUsage(records) } catch {
            usage.putBack(records)
            logger.error("usage could not be written", metadata: ["rows": "\(records.count)"])
        }
    }

    /// Ends sessions for good whose idle limit has passed: one that ended in memory only would live again after a restart.
    func endIdle() async {
        for id in sessions.drainIdleEnded() {
            do throws(StoreError) { _ = try await store.revokeSession(id, at: clock()) } catch {
                // Gone from the store is as good as ended.
                if error == .notFound { continue }
                sessions.keepIdleEnded(id)
                logger.error("the end of an idle session could not be written", metadata: ["session.id": "\(id)"])
            }
        }
    }

    /// Gives back what this process reserved and did not use, for brokers that serve the same sessions; those that go on here reserve anew.
    private func returnRequests() async {
        do throws(StoreError) { try await store.returnRequests(sessions.takeUnusedRequests()) } catch {
            logger.error("unused requests of sessions could not be given back; they count as used")
        }
    }

    private func purge() async {
        do throws(StoreError) { try await store.purgeExpired(now: clock()) } catch {
            logger.error("expired rows could not be purged")
        }
    }
}
