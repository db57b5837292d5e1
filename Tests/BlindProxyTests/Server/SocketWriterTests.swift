import Glibc
import NIOCore
import Testing

@testable import BlindProxy

/// Bytes written past NIO's queue keep their order with those that go through it, and never reach a socket that is not theirs.
@Suite struct SocketWriterTests {
    @Test func whatTheKernelDoesNotTakeKeepsItsPlaceInLine() async throws {
        let pair = try await AcceptedChannel()
        let total = 8_192
        let piece = 1_024
        let queued = try await pair.on { channel in
            let writer = try #require(SocketWriter(channel))
            var queued = 0
            // Nobody reads yet: some of these fit, one fits in part, the rest waits.
            for number in 0..<total {
                var buffer = ByteBuffer(repeating: UInt8(truncatingIfNeeded: number), count: piece)
                writer.write(&buffer)
                guard buffer.readableBytes > 0 else { continue }
                queued += 1
                channel.writeAndFlush(buffer, promise: writer.queue())
            }
            return queued
        }
        #expect(queued > 0 && queued < total, "both ways must have been taken: \(queued)")
        let bytes = pair.client.read(total * piece)
        #expect(bytes.count == total * piece)
        for number in 0..<total where bytes.count == total * piece {
            let part = bytes[number * piece..<(number + 1) * piece]
            #expect(part.allSatisfy { $0 == UInt8(truncatingIfNeeded: number) }, "piece \(number)")
        }
        try await pair.stop()
    }

    @Test func onceTheQueueIsEmptyItIsPassedAgain() async throws {
        let pair = try await AcceptedChannel()
        let loop = pair.channel.eventLoop
        let writer = NIOLoopBoundBox<SocketWriter?>.makeBoxSendingValue(nil, eventLoop: loop)
        let promise = loop.makePromise(of: Void.self)
        let leftWhileQueued = try await pair.on { channel in
            writer.value = SocketWriter(channel)
            guard let made = writer.value else { return 0 }
            channel.write(ByteBuffer(string: "first "), promise: made.queue(promise))
            var buffer = ByteBuffer(string: "second")
            made.write(&buffer)
            channel.writeAndFlush(buffer, promise: nil)
            return buffer.readableBytes
        }
        #expect(leftWhileQueued == 6, "bytes overtook NIO's queue")
        try await promise.futureResult.get()
        #expect(pair.client.read(12) == Array("first second".utf8))
        let left = try await pair.on { _ in
            var buffer = ByteBuffer(string: "third")
            writer.value?.write(&buffer)
            return buffer.readableBytes
        }
        #expect(left == 0)
        #expect(pair.client.read(5) == Array("third".utf8))
        try await pair.stop()
    }

    @Test func aDescriptorThatIsAnotherConnectionsNowGetsNothing() async throws {
        let pair = try await AcceptedChannel()
        let (left, arrived) = try await pair.on { channel in
            let writer = try #require(SocketWriter(channel))
            let old = try #require(
                try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 })
            channel.close(promise: nil)
            // The system gives the lowest free number, so that of the closed descriptor comes sooner or later.
            var ends: [Int32] = []
            while !ends.contains(old), ends.count < 1_024 {
                var pair: [Int32] = [0, 0]
                try #require(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
                ends += pair
            }
            #expect(ends.contains(old))
            var buffer = ByteBuffer(string: "an answer")
            writer.write(&buffer)
            var bytes = [UInt8](repeating: 0, count: 16)
            var arrived = 0
            for end in ends {
                let count = unsafe recv(end, &bytes, bytes.count, Int32(MSG_DONTWAIT))
                if count > 0 { arrived += count }
            }
            for end in ends { close(end) }
            return (buffer.readableBytes, arrived)
        }
        #expect(left == 9)
        #expect(arrived == 0)
        try await pair.stop()
    }
}
