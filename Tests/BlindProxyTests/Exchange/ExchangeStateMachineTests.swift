import Testing

@testable import BlindProxy

@Suite struct ExchangeStateMachineTests {
    private func running(keepsClient: Bool = true, requestIsComplete: Bool = true) -> ExchangeStateMachine {
        var machine = ExchangeStateMachine()
        machine.accept(keepsClient: keepsClient)
        machine.handOver()
        if requestIsComplete { machine.completeRequest() }
        return machine
    }

    @Test func aConnectionLostBeforeTheHeadIsHandedOverIsReplacedAFewTimes() {
        var machine = ExchangeStateMachine()
        machine.accept(keepsClient: true)
        #expect(machine.loseUpstream() == .retry)
        #expect(machine.loseUpstream() == .retry)
        #expect(machine.loseUpstream() == .answer(.upstreamClosed))
        #expect(!machine.isBusy)
    }

    @Test func aConnectionLostAfterwardsIsNotReplaced() {
        var machine = running()
        #expect(machine.loseUpstream() == .answer(.upstreamClosed))
    }

    @Test func anAnswerCutOffIsNeverACleanEnd() {
        var machine = running()
        machine.beginAnswer()
        #expect(machine.loseUpstream() == .abort)
        var expired = running()
        expired.beginAnswer()
        #expect(expired.fail(.upstreamTimeout) == .abort)
    }

    @Test func aFailureBeforeTheAnswerIsAnswered() {
        var waiting = ExchangeStateMachine()
        waiting.accept(keepsClient: true)
        #expect(waiting.fail(.upstreamTLS) == .answer(.upstreamTLS))
        var handed = running()
        #expect(handed.fail(.upstreamTimeout) == .answer(.upstreamTimeout))
        #expect(handed.fail(.upstreamTimeout) == .none)
    }

    @Test func aClientThatLeavesEndsTheUpstreamCall() {
        var machine = running()
        #expect(machine.loseClient() == .discard)
        #expect(machine.completeAnswer(upstreamIsReusable: true) == .none)
        var idle = ExchangeStateMachine()
        #expect(idle.loseClient() == .none)
    }

    @Test func bothConnectionsServeAgainAfterACompleteExchange() {
        var machine = running()
        machine.beginAnswer()
        #expect(machine.completeAnswer(upstreamIsReusable: true) == .finish(upstream: .reuse, client: .reuse))
        #expect(!machine.isBusy)
        machine.reset()
        machine.accept(keepsClient: true)
        #expect(machine.isWaiting)
    }

    @Test func anUpstreamThatClosesIsNotReused() {
        var machine = running()
        #expect(machine.completeAnswer(upstreamIsReusable: false) == .finish(upstream: .discard, client: .reuse))
    }

    @Test func anAnswerBeforeTheRequestsEndUsesUpTheUpstreamAndDrainsTheClient() {
        var machine = running(requestIsComplete: false)
        #expect(machine.isForwarding)
        #expect(machine.completeAnswer(upstreamIsReusable: true) == .finish(upstream: .discard, client: .drain))
        var closing = running(keepsClient: false, requestIsComplete: false)
        #expect(closing.completeAnswer(upstreamIsReusable: true) == .finish(upstream: .discard, client: .close))
    }

    @Test func aClientThatAskedForTheEndGetsIt() {
        var machine = running(keepsClient: false)
        #expect(machine.completeAnswer(upstreamIsReusable: true) == .finish(upstream: .reuse, client: .close))
        var delimited = running()
        delimited.delimitAnswerByClose()
        #expect(delimited.completeAnswer(upstreamIsReusable: false) == .finish(upstream: .discard, client: .close))
    }
}
