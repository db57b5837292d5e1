import Testing

@testable import Commands

@Suite struct ServiceNotifierTests {
    @Test(arguments: [
        ["WATCHDOG_USEC": "60000000"], ["NOTIFY_SOCKET": "relative", "WATCHDOG_USEC": "60000000"], ["NOTIFY_SOCKET": "/s"],
        ["NOTIFY_SOCKET": "/s", "WATCHDOG_USEC": "0"], ["NOTIFY_SOCKET": "/s", "WATCHDOG_USEC": "x"],
        ["NOTIFY_SOCKET": "/s", "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "8"],
    ])
    func feedsNoWatchdogThatIsNotOurs(_ environment: [String: String]) {
        #expect(ServiceNotifier(environment: environment, process: 7).watchdogInterval == nil)
    }

    @Test func feedsTheWatchdogTwiceInItsTime() {
        let environment = ["NOTIFY_SOCKET": "/s", "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "7"]
        #expect(ServiceNotifier(environment: environment, process: 7).watchdogInterval == .seconds(30))
    }
}
