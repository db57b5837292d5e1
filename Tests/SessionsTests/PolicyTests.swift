import Model
import Sessions
import Testing

@Suite struct PolicyTests {
    @Test func refusesAMethodOutsideThePolicy() throws {
        let fixture = try SessionFixture { $0.methods = ["POST"] }
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call(method: "GET") } == .methodNotAllowed)
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call(method: "post") } == .methodNotAllowed)
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call(method: "POST") } == nil)
    }

    @Test func refusesAPathOutsideThePolicy() throws {
        let fixture = try SessionFixture { $0.paths = [try! PathPrefix("/v1/chat")] }
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call(path: "/v1/models") } == .pathNotAllowed)
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call(path: "/v1/chat/completions") } == nil)
    }

    @Test func refusesAPathThatCouldBeTwoPathsOnlyWhereRulesApply() throws {
        let facts = CallFacts(isPathPlain: false, isUpgrade: false)
        let ruled = try SessionFixture { $0.paths = [try! PathPrefix("/v1")] }
        #expect(ruled.code { () throws(Refusal) in _ = try ruled.call(facts: facts) } == .pathNotAllowed)
        let free = try SessionFixture()
        #expect(free.code { () throws(Refusal) in _ = try free.call(facts: facts) } == nil)
    }

    @Test func refusesWhatTheDestinationDeniesUnlessTheSessionMayMint() throws {
        let destination = try Destination(url: "https://api.example.com", deniedPrefixes: [PathPrefix("/v1/keys")])
        let fixture = try SessionFixture(destination: destination)
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call(path: "/v1/keys/new") } == .pathDenied)
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call(path: "/v1/chat") } == nil)
        let minting = try SessionFixture(destination: destination) { $0.mintingPaths = [try! PathPrefix("/v1/keys")] }
        #expect(minting.code { () throws(Refusal) in _ = try minting.call(path: "/v1/keys/new") } == nil)
    }

    @Test func refusesAPathTheKeyWasNotEnrolledFor() throws {
        let fixture = try SessionFixture(destination: Destination(url: "https://api.example.com", allowedPrefixes: [PathPrefix("/v1")]))
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call(path: "/v2/x") } == .pathNotAllowed)
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call(path: "/v1/x") } == nil)
    }

    @Test func refusesEveryBrowserOriginThatIsNotListed() throws {
        let closed = try SessionFixture()
        #expect(closed.code { () throws(Refusal) in _ = try closed.call(origin: "https://a.example") } == .originNotAllowed)
        let open = try SessionFixture { $0.origins = ["https://a.example"] }
        #expect(open.code { () throws(Refusal) in _ = try open.call(origin: "https://b.example") } == .originNotAllowed)
        #expect(open.code { () throws(Refusal) in _ = try open.call(origin: "") } == .originNotAllowed)
        #expect(open.code { () throws(Refusal) in _ = try open.call(origin: "https://a.example") } == nil)
    }

    @Test func refusesAnUpgradeUnlessAllowed() throws {
        let facts = CallFacts(isPathPlain: true, isUpgrade: true)
        let closed = try SessionFixture()
        #expect(closed.code { () throws(Refusal) in _ = try closed.call(facts: facts) } == .upgradeNotAllowed)
        let open = try SessionFixture { $0.allowsUpgrade = true }
        #expect(open.code { () throws(Refusal) in _ = try open.call(facts: facts) } == nil)
    }

    @Test func countsRequestsAndKeepsTheCountWhenRowsAreReadAgain() throws {
        let fixture = try SessionFixture { $0.maximumRequests = 2 }
        _ = try fixture.call()
        fixture.install()
        _ = try fixture.call()
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call() } == .requestsUsedUp)
        #expect(fixture.table.usedRequests(session: fixture.session.id) == 2)
    }

    @Test func limitsTheRateAndSaysWhenToComeBack() throws {
        let fixture = try SessionFixture {
            $0.rate = 1_000
            $0.burst = 1
        }
        _ = try fixture.call()
        _ = try fixture.call()
        do throws(Refusal) {
            _ = try fixture.call()
            Issue.record("the third call at once went")
        } catch {
            #expect(error.code == .rateLimited)
            #expect(error.retryAfterSeconds == 1)
        }
        fixture.clock.advance(milliseconds: 1_000)
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call() } == nil)
    }

    @Test func limitsCallsAtTheSameTime() throws {
        let fixture = try SessionFixture { $0.maximumConcurrent = 1 }
        do {
            let first = try fixture.call()
            #expect(fixture.code { () throws(Refusal) in _ = try fixture.call() } == .rateLimited)
            _ = try fixture.value(of: first)
        }
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call() } == nil)
    }

    @Test func endsAnIdleSessionForGood() throws {
        let fixture = try SessionFixture { $0.idleSeconds = 60 }
        fixture.clock.advance(milliseconds: 59_000)
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call() } == nil)
        fixture.clock.advance(milliseconds: 60_000)
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call() } == .sessionExpired)
        #expect(fixture.code { () throws(Refusal) in _ = try fixture.call() } == .sessionExpired)
    }

    @Test func everyRefusalNamesACommandAndTheDocumentedStatus() throws {
        let fixture = try SessionFixture { $0.methods = ["POST"] }
        do throws(Refusal) {
            _ = try fixture.call(method: "GET")
            Issue.record("a method outside the policy went")
        } catch {
            #expect(error.status == 403)
            #expect(error.message.contains("run: tacit"))
        }
        #expect(Refusal.Code.tokenUnknown.status == 401)
        #expect(Refusal.Code.aliasUnknown.status == 404)
        #expect(Refusal.Code.rateLimited.status == 429)
        #expect(Refusal.Code.integrity.status == 503)
    }
}
