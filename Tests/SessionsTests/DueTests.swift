import Model
import Synchronization
import Testing

@testable import Sessions

/// What ends sessions without a call of theirs: time, and not being used.
@Suite struct DueTests {
    @Test func `what is due comes out once, the earliest first`() throws {
        let queue = DueQueue()
        let sessions = try (0..<4).map { _ in
            let fixture = try SessionFixture()
            return try #require(fixture.table.find(fixture.session.id))
        }
        for (session, due) in zip(sessions, [UInt64(30), 10, 20, .max]) { queue.add(session, at: due) }
        func take(_ now: UInt64) -> [SessionID] { queue.take(until: now).map(\.id) }
        #expect(take(9).isEmpty)
        #expect(take(20) == [sessions[1].id, sessions[2].id])
        #expect(take(20).isEmpty)
        #expect(take(.max) == [sessions[0].id, sessions[3].id])
    }

    @Test func `a session that was not used for its idle limit is named once`() throws {
        let fixture = try SessionFixture { $0.idleSeconds = 60 }
        fixture.clock.advance(milliseconds: 59_999)
        #expect(fixture.table.drainIdleEnded().isEmpty)
        fixture.clock.advance(milliseconds: 1)
        #expect(fixture.table.drainIdleEnded() == [fixture.session.id])
        #expect(fixture.table.drainIdleEnded().isEmpty)
    }

    @Test func `a call moves the end, however often it was looked at before`() throws {
        let fixture = try SessionFixture { $0.idleSeconds = 60 }
        for _ in 0..<5 {
            fixture.clock.advance(milliseconds: 50_000)
            #expect(fixture.code { () throws(Refusal) in _ = try fixture.call() } == nil)
            #expect(fixture.table.drainIdleEnded().isEmpty)
        }
        fixture.clock.advance(milliseconds: 59_999)
        #expect(fixture.table.drainIdleEnded().isEmpty)
        fixture.clock.advance(milliseconds: 1)
        #expect(fixture.table.drainIdleEnded() == [fixture.session.id])
    }

    @Test func `a call that runs keeps its session, and the limit counts from its end`() throws {
        let fixture = try SessionFixture { $0.idleSeconds = 60 }
        do {
            let grant = try fixture.call()
            fixture.clock.advance(milliseconds: 600_000)
            #expect(fixture.table.drainIdleEnded().isEmpty)
            #expect(grant.reasonToEnd(now: fixture.table.clock()) == nil)
        }
        fixture.clock.advance(milliseconds: 60_000)
        #expect(fixture.table.drainIdleEnded() == [fixture.session.id])
    }

    @Test func `a session whose end a call found is named as well`() throws {
        let fixture = try SessionFixture { $0.idleSeconds = 60 }
        fixture.clock.advance(milliseconds: 60_000)
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call() } == .sessionExpired)
        #expect(fixture.table.drainIdleEnded() == [fixture.session.id])
    }

    @Test func `an end that could not be stored is named again`() throws {
        let fixture = try SessionFixture { $0.idleSeconds = 60 }
        fixture.clock.advance(milliseconds: 60_000)
        for _ in 0..<3 {
            #expect(fixture.table.drainIdleEnded() == [fixture.session.id])
            fixture.table.keepIdleEnded(fixture.session.id)
        }
        fixture.table.remove(account: fixture.accountID)
        #expect(fixture.table.drainIdleEnded().isEmpty, "it is gone")
    }

    @Test func `sessions that were revoked or have no idle limit are not named`() throws {
        let revoked = try SessionFixture { $0.idleSeconds = 60 }
        revoked.table.end(session: revoked.session.id)
        let unlimited = try SessionFixture()
        for fixture in [revoked, unlimited] {
            fixture.clock.advance(milliseconds: 3_000_000)
            #expect(fixture.table.drainIdleEnded().isEmpty)
        }
    }

    @Test func `an account that is read again changes no due time`() throws {
        let fixture = try SessionFixture { $0.idleSeconds = 60 }
        fixture.clock.advance(milliseconds: 30_000)
        fixture.install()
        fixture.clock.advance(milliseconds: 30_000)
        fixture.install()
        #expect(fixture.table.drainIdleEnded() == [fixture.session.id])
        #expect(fixture.table.drainIdleEnded().isEmpty, "read again, it is looked at once")
    }

    @Test func `a session over goes from its account, too, and does not come again`() throws {
        let fixture = try SessionFixture()
        fixture.clock.advance(milliseconds: 3_600_000)
        fixture.table.sweep()
        fixture.clock.advance(milliseconds: 86_399_000)
        fixture.table.sweep()
        #expect(fixture.table.liveCount == 1)
        fixture.clock.advance(milliseconds: 1_000)
        fixture.table.sweep()
        #expect(fixture.table.liveCount == 0)
        fixture.install()
        #expect(fixture.table.liveCount == 0, "a store may keep it for longer")
    }

    @Test func `reading an account again and again leaves nothing behind`() throws {
        let fixture = try SessionFixture { $0.idleSeconds = .max }
        for _ in 0..<3 {
            #expect(fixture.table.idleLimits.count == 1)
            #expect(fixture.table.expiries.count == 1)
            fixture.install()
        }
        fixture.clock.advance(milliseconds: 3_600_000)
        #expect(fixture.table.drainIdleEnded().isEmpty)
        #expect(fixture.table.idleLimits.count == 0, "an idle limit longer than the session ends with it")
        fixture.clock.advance(milliseconds: 86_400_000)
        fixture.table.sweep()
        for _ in 0..<3 { fixture.install() }
        #expect(fixture.table.idleLimits.count == 0)
        #expect(fixture.table.expiries.count == 0)
    }

    @Test func `an account that went and came again is looked at once`() throws {
        let fixture = try SessionFixture { $0.idleSeconds = 60 }
        for _ in 0..<3 {
            fixture.table.remove(account: fixture.accountID)
            fixture.install()
        }
        fixture.clock.advance(milliseconds: 60_000)
        #expect(fixture.table.drainIdleEnded() == [fixture.session.id])
        #expect(fixture.table.idleLimits.count == 0)
    }

    @Test func `a session that ended gets nothing that could open a key again`() throws {
        let fixture = try SessionFixture()
        let live = try #require(fixture.table.find(fixture.session.id))
        #expect(live.state.withLock { $0.bindings.count } == 1)
        fixture.clock.advance(milliseconds: 3_600_000)
        fixture.table.sweep()
        fixture.install()
        #expect(live.state.withLock { $0.bindings.count } == 0)
    }
}
