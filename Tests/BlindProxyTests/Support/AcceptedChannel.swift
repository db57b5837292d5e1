import NIOCore
import NIOPosix

/// One accepted connection, with the raw client at its other end.
final class AcceptedChannel {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let listener: any Channel
    let channel: any Channel
    let client: RawClient

    init() async throws {
        let accepted = group.next().makePromise(of: (any Channel).self)
        listener = try await ServerBootstrap(group: group)
            .childChannelOption(.socketOption(.so_sndbuf), value: 65_536)
            .childChannelInitializer { channel in
                accepted.succeed(channel)
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            .bind(host: "127.0.0.1", port: 0).get()
        client = try RawClient(port: listener.localAddress?.port ?? 0)
        channel = try await accepted.futureResult.get()
        while !channel.isActive { try await Task.sleep(for: .milliseconds(1)) }
    }

    /// Runs `body` on the channel's loop.
    func on<R: Sendable>(_ body: @escaping @Sendable (any Channel) throws -> R) async throws -> R {
        let channel = channel
        return try await channel.eventLoop.submit { try body(channel) }.get()
    }

    func stop() async throws {
        client.close()
        try? await listener.close()
        try await group.shutdownGracefully()
    }
}
