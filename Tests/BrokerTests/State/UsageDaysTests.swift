import Broker
import Model
import Store
import Testing

struct UsageDaysTests {
    @Test func addsUpUsageOfPastDaysFromTheStartOn() async throws {
        let fixture = try await BrokerFixture()
        let account = try TestOwner().id
        let session = try TestOwner.unwrapped(SessionID(bytes: [UInt8](repeating: 1, count: 16)))
        let key = try TestOwner.unwrapped(KeyID(bytes: [UInt8](repeating: 2, count: 16)))
        let day = (fixture.clock.seconds / 86_400 - 3) * 86_400
        for at in [day + 1, day + 2] {
            try await fixture.store.appendUsage([
                UsageRecord(
                    at: at, accountID: account, sessionID: session, keyID: key, version: 1, status: 200, requests: 3, bytesUp: 0,
                    bytesDown: 0, redactions: 0, exposureMicroseconds: 9)
            ])
        }
        func requests() async throws -> [UInt64] { try await fixture.store.usage(of: account, since: day + 2).map(\.requests) }
        #expect(try await requests() == [3])
        let run = Task { await fixture.broker.run() }
        for _ in 1...500 {
            // Added up, a day counts whole.
            if try await requests() == [6] { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(try await requests() == [6])
        run.cancel()
        await run.value
    }
}
