import Testing

@testable import Commands

@Suite struct FileLimitTests {
    @Test(arguments: [(0, 1, 16), (256, 1, 16), (1_024, 1, 256), (20_000, 1, 6_581), (20_000, 4, 1_645), (Int.max, 256, 16_384)])
    func connectionsLeaveRoomForTheRest(_ limit: Int, _ threads: Int, _ clients: Int) {
        #expect(FileLimit.clients(limit: limit, threads: threads) == clients)
    }
}
