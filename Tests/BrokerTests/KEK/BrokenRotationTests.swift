import Custody
import Foundation
import Model
import Store
import Testing

@testable import Broker

/// A rotation that is broken off at each of its steps: afterwards everything opens, and it goes on.
@Suite struct BrokenRotationTests {
    @Test func goesOnAfterTheKEKFailedAtAnyCall() async throws {
        let scene = try await KEKScene.make(keys: 2, sessions: 1)
        for calls in 0... {
            _ = try await scene.rotate()
            scene.fixture.custody.breakOff(after: calls)
            let stop = await scene.broker.attemptKEKJob()
            let isBroken = scene.fixture.custody.isBroken
            scene.fixture.custody.breakOff(after: nil)
            guard isBroken else {
                #expect(calls > 10)
                break
            }
            #expect(stop != nil)
            #expect(try await scene.rotation().state == "running")
            #expect(try await !scene.rotation().cause.isEmpty)
            try await scene.expectEverythingOpens()
            #expect(await scene.broker.attemptKEKJob() == nil, "broken off after \(calls) calls")
            #expect(try await scene.rotation().state == "done")
        }
        try await scene.expectEverythingOpens()
    }

    @Test(arguments: [false, true]) func goesOnAfterTheStoreFailedAtAnyStep(happensFirst: Bool) async throws {
        let scene = try await KEKScene.make(keys: 2, sessions: 1)
        for steps in 0... {
            let before = try await scene.wraps()
            let total = try await scene.rotate().total
            scene.fixture.kekStore.breakOff(after: steps, happensFirst: happensFirst)
            let stop = await scene.broker.attemptKEKJob()
            let isBroken = scene.fixture.kekStore.isBroken
            scene.fixture.kekStore.breakOff(after: nil, happensFirst: false)
            guard isBroken else {
                #expect(steps > 10)
                break
            }
            try await scene.expectEverythingOpens()
            // Another broker goes on where this one, which neither works nor says so, is silent for long enough.
            let other = try await BrokerFixture(sharing: scene.fixture)
            if try await scene.rotation().state == "running" {
                #expect(stop != nil)
                scene.fixture.clock.advance(seconds: Broker.kekStaleSeconds)
                #expect(await other.broker.attemptKEKJob() == nil, "broken off after \(steps) steps")
            }
            let done = try await scene.rotation()
            #expect(done.state == "done")
            #expect(done.rewrapped == total, "each row once")
            let files = try scene.files()
            for wrap in before { #expect(files.range(of: .init(wrap.bytes.dropFirst(5).prefix(32))) == nil) }
        }
        try await scene.expectEverythingOpens()
    }

    @Test func twoBrokersAtOnceWrapEachRowOnce() async throws {
        let scene = try await KEKScene.make(keys: 6, sessions: 6)
        let other = try await BrokerFixture(sharing: scene.fixture)
        async let one = scene.rotate()
        async let two = other.broker.rotateKEK(KEKMessages.Rotate(), call: BrokerFixture.operatorCall)
        #expect(try await [one.epoch, two.epoch] == [2, 2])
        #expect(try await scene.fixture.custody.versions().current == 2)
        async let first = scene.broker.attemptKEKJob()
        async let second = other.broker.attemptKEKJob()
        _ = await (first, second)
        let done = try await scene.rotation()
        #expect(done.state == "done")
        #expect(done.rewrapped == done.total)
        try await scene.expectEverythingOpens()
    }

    @Test func aBrokerThatWasSilentForTooLongStoresNothingAnyMore() async throws {
        let scene = try await KEKScene.make(keys: 3, sessions: 3)
        let other = try await BrokerFixture(sharing: scene.fixture)
        _ = try await scene.rotate()
        let clock = scene.fixture.clock
        scene.fixture.kekStore.beforeNextReplace {
            #expect(await other.broker.attemptKEKJob() == nil)
            clock.advance(seconds: Broker.kekStaleSeconds)
            #expect(await other.broker.attemptKEKJob() == nil)
        }
        #expect(await scene.broker.attemptKEKJob() == .lost)
        let done = try await scene.rotation()
        #expect(done.state == "done")
        #expect(done.rewrapped == done.total)
        try await scene.expectEverythingOpens()
    }
}
