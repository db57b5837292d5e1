import Model
import Sessions
import Testing

@Suite struct OriginTests {
    private func allows(_ fixture: SessionFixture, _ origin: String) -> Bool {
        let bytes = Array(origin.utf8)
        return fixture.table.allows(origin: bytes.span)
    }

    @Test func noOriginIsKnownThatNoSessionNames() throws {
        let fixture = try SessionFixture { $0.origins = ["https://a.example", "https://b.example:8443"] }
        for origin in [
            "", "null", "*", "https://c.example", "https://a.example:443", "https://a.example/", "http://a.example", "https://A.example",
            "https://a.example.evil", "https://b.example",
        ] {
            #expect(!allows(fixture, origin))
        }
        #expect(allows(fixture, "https://a.example") && allows(fixture, "https://b.example:8443"))
        #expect(try !allows(SessionFixture(), "https://a.example"))
    }

    @Test func anOriginIsForgottenWithItsLastSession() throws {
        let ended = try SessionFixture { $0.origins = ["https://a.example"] }
        ended.table.end(session: ended.session.id)
        #expect(!allows(ended, "https://a.example"))
        let expired = try SessionFixture { $0.origins = ["https://a.example"] }
        expired.clock.advance(milliseconds: 3_599_000)
        #expect(allows(expired, "https://a.example"))
        expired.clock.advance(milliseconds: 1_000)
        #expect(!allows(expired, "https://a.example"))
        let idle = try SessionFixture {
            $0.origins = ["https://a.example"]
            $0.idleSeconds = 60
        }
        idle.clock.advance(milliseconds: 59_999)
        #expect(allows(idle, "https://a.example"))
        idle.clock.advance(milliseconds: 1)
        #expect(!allows(idle, "https://a.example"))
        let gone = try SessionFixture { $0.origins = ["https://a.example"] }
        gone.install(sessions: false)
        #expect(!allows(gone, "https://a.example"))
    }

    @Test func askingCountsAsNoUse() throws {
        let fixture = try SessionFixture {
            $0.origins = ["https://a.example"]
            $0.idleSeconds = 60
            $0.maximumRequests = 1
        }
        for _ in 0..<3 { #expect(allows(fixture, "https://a.example")) }
        #expect(fixture.table.usedRequests(session: fixture.session.id) == 0)
        fixture.clock.advance(milliseconds: 59_000)
        #expect(allows(fixture, "https://a.example"))
        fixture.clock.advance(milliseconds: 1_000)
        #expect(!allows(fixture, "https://a.example"))
    }

    @Test func rowsReadAgainAndSweepsKeepWhatIsLive() throws {
        let fixture = try SessionFixture { $0.origins = ["https://a.example"] }
        fixture.install()
        fixture.table.sweep()
        #expect(allows(fixture, "https://a.example"))
    }
}
