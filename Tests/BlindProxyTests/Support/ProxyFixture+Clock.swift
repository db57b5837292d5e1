import Testing

@testable import BlindProxy

extension ProxyFixture {
    /// Puts the clock of the session table forward and waits until every event loop has seen that: a loop's time is that of its last tick.
    func advance(_ clock: TestClock, seconds: UInt64) async throws {
        clock.advance(seconds: seconds)
        let time = clock.milliseconds
        for _ in 0..<1_000 where await proxy.onEachLoop({ $0.nowMilliseconds() >= time }) != [true] {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(await proxy.onEachLoop { $0.nowMilliseconds() >= time } == [true])
    }
}
