import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import BlindProxy

@Suite struct LoopEntranceTests {
    @Test func `what other threads bring runs on the loop, and not at all once it is closed`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let eventLoop = group.next()
        let entrance = LoopEntrance(eventLoop)
        let onLoop = Atomic(0)
        let body: @Sendable () -> Void = { onLoop.add(eventLoop.inEventLoop ? 1 : 1_000, ordering: .relaxed) }
        for _ in 0..<3 { entrance.execute(body) }
        try await eventLoop.submit {}.get()
        #expect(onLoop.load(ordering: .relaxed) == 3)
        entrance.close()
        entrance.execute(body)
        try await eventLoop.submit {}.get()
        #expect(onLoop.load(ordering: .relaxed) == 3)
        try await group.shutdownGracefully()
        // An event loop that ended takes this for a fault of the program.
        entrance.execute(body)
        #expect(onLoop.load(ordering: .relaxed) == 3)
    }
}
