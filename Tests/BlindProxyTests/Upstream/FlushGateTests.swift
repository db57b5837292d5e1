import NIOCore
import Testing

@testable import BlindProxy

/// What TLS hands over goes out when it may, in order, and is called written when it is.
@Suite struct FlushGateTests {
    @Test func anEmptyWriteIsToldWhenWhatCameBeforeItIsOut() async throws {
        let pair = try await AcceptedChannel()
        let told = Counter()
        let total = 16 << 20
        try await pair.on { channel in
            try channel.pipeline.syncOperations.addHandler(FlushGate())
            // More than the kernel takes while nobody reads.
            channel.writeAndFlush(ByteBuffer(repeating: 7, count: total), promise: nil)
            let written = channel.eventLoop.makePromise(of: Void.self)
            written.futureResult.whenSuccess { told.add(1) }
            channel.writeAndFlush(ByteBuffer(), promise: written)
        }
        try await Task.sleep(for: .milliseconds(100))
        #expect(told.value == 0, "called written while bytes wait in NIO's queue")
        #expect(pair.client.read(total).count == total)
        for _ in 0..<500 where told.value == 0 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(told.value == 1)
        try await pair.stop()
    }

    @Test func bytesWaitWhileFlushesAreHeld() async throws {
        let pair = try await AcceptedChannel()
        let gate = try await pair.on { channel in
            let gate = FlushGate()
            try channel.pipeline.syncOperations.addHandler(gate)
            gate.hold()
            channel.writeAndFlush(ByteBuffer(string: "held "), promise: nil)
            channel.writeAndFlush(ByteBuffer(string: "as well"), promise: nil)
            return NIOLoopBound(gate, eventLoop: channel.eventLoop)
        }
        try await Task.sleep(for: .milliseconds(50))
        #expect(pair.client.receivesNothing())
        try await pair.on { _ in gate.value.release() }
        #expect(pair.client.read(12) == Array("held as well".utf8))
        try await pair.on { channel in channel.writeAndFlush(ByteBuffer(string: "at once"), promise: nil) }
        #expect(pair.client.read(7) == Array("at once".utf8))
        try await pair.stop()
    }

    @Test func aWriteThatNoFlushFollowsFailsWithItsConnection() async throws {
        let pair = try await AcceptedChannel()
        let failed = Counter()
        try await pair.on { channel in
            try channel.pipeline.syncOperations.addHandler(FlushGate())
            let written = channel.eventLoop.makePromise(of: Void.self)
            written.futureResult.whenFailure { _ in failed.add(1) }
            channel.write(ByteBuffer(string: "never"), promise: written)
            channel.close(promise: nil)
        }
        for _ in 0..<500 where failed.value == 0 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(failed.value == 1)
        try await pair.stop()
    }
}
