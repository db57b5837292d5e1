import NIOCore
import NIOPosix

/// Accepts connections and never reads from them.
final class StuckUpstream: Sendable {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let listener: any Channel

    var port: Int { listener.localAddress?.port ?? 0 }

    init() async throws {
        listener = try await ServerBootstrap(group: group)
            .childChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func stop() async {
        try? await listener.close()
        try? await group.shutdownGracefully()
    }
}
