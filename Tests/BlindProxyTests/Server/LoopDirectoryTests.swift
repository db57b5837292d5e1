import Audit
import Dispatch
import Logging
import NIOCore
import NIOPosix
import Sessions
import Synchronization
import Testing

@testable import BlindProxy

@Suite struct LoopDirectoryTests {
    @Test func aSlowLoopGetsOneTickForAllThatItMissed() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let looks = Atomic(0)
        let table = SessionTable(monotonicMilliseconds: {
            looks.add(1, ordering: .relaxed)
            return 1
        })
        let eventLoop = group.next()
        let loop = try await eventLoop.submit {
            NIOLoopBound(
                ProxyLoop(
                    eventLoop: eventLoop, index: 0, limits: ProxyLimits(),
                    hostNames: HostNames(bound: BoundAddress(host: "127.0.0.1", port: 1), isTLS: false, origins: []), sessions: table,
                    usage: UsageMeter(shards: 1), series: SeriesRegistry(), logger: Logger(label: "test")), eventLoop: eventLoop)
        }.get()
        let directory = LoopDirectory()
        directory.add(loop)
        let before = looks.load(ordering: .relaxed)
        let isHeld = DispatchSemaphore(value: 0)
        eventLoop.execute { isHeld.wait() }
        for _ in 0..<10 { directory.tick() }
        isHeld.signal()
        try await eventLoop.submit {}.get()
        #expect(looks.load(ordering: .relaxed) == before + 1)
        directory.tick()
        try await eventLoop.submit {}.get()
        #expect(looks.load(ordering: .relaxed) == before + 2, "and the next one when it is due")
        try await group.shutdownGracefully()
    }
}
