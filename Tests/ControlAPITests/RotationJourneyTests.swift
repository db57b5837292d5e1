import Broker
import Envelope
import Model
import Primitives
import SecretMemory
import Sessions
import Synchronization
import Testing

@testable import ControlAPI

@Suite(.serialized)
struct RotationJourneyTests {
    private struct Prepared {
        let fixture: ControlFixture
        let owner: ControlOwner
        let bearer: String

        func post(_ path: String, as bearer: String?, _ message: (some Encodable)?) async throws -> RawClient.Answer {
            try await fixture.tcp.send("POST", path, bearer: bearer, json: try message.map { try ControlOwner.json($0) })
        }

        func post(_ path: String, as bearer: String?) async throws -> RawClient.Answer {
            try await fixture.tcp.send("POST", path, bearer: bearer)
        }

        /// A request that only announces its body.
        func announce(_ path: String, as bearer: String?, bytes: Int) async throws -> RawClient.Answer {
            let authorization = bearer.map { "Authorization: Bearer \($0)\r\n" } ?? ""
            return try await fixture.tcp.send(
                raw: "POST \(path) HTTP/1.1\r\nHost: localhost:\(fixture.bound.port ?? 0)\r\n\(authorization)"
                    + "Content-Type: application/json\r\nContent-Length: \(bytes)\r\n\r\n{")
        }
    }

    private func prepared(
        bodySeconds: Int = 30, clock: @escaping @Sendable () -> UInt64 = SystemClock.seconds
    ) async throws -> Prepared {
        let fixture = try await ControlFixture(bodySeconds: bodySeconds, clock: clock)
        let owner = try ControlOwner()
        #expect(try await fixture.unix.send("POST", "/v1/accounts", json: try owner.creation()).status == 201)
        let bearer = try await owner.login(fixture.tcp, origin: fixture.origin).bearer
        let enrolled = try await fixture.tcp.send("POST", "/v1/keys", bearer: bearer, json: try owner.enrolment("openai", revision: 1))
        #expect(enrolled.status == 201)
        return Prepared(fixture: fixture, owner: owner, bearer: bearer)
    }

    @Test func readsLargeBodiesOnlyWhereTheyBelongAndFromAnOwnerOnly() async throws {
        let p = try await prepared()
        for path in ["/v1/account/renew", "/v1/account/key"] {
            let nobody = try await p.announce(path, as: nil, bytes: 1_000_000)
            #expect(nobody.code == "login_required")
            let unknown = try await p.announce(path, as: "tca_" + String(repeating: "A", count: 64), bytes: 1_000_000)
            #expect(unknown.code == "token_unknown")
        }
        for (path, limit) in [
            ("/v1/account/renew", 33_554_432), ("/v1/account/key", 4_194_304), ("/v1/keys/openai/versions", 262_144),
            ("/v1/access", 262_144),
        ] {
            let answer = try await p.announce(path, as: p.bearer, bytes: limit + 1)
            #expect(answer.status == 413, "\(path)")
            #expect(answer.code == "too_large")
            #expect(answer.isClosed)
        }
        let padded = "{\"revision\":1" + String(repeating: " ", count: 300_000) + "}"
        #expect(try await p.fixture.tcp.send("POST", "/v1/account/renew", bearer: p.bearer, json: padded).code == "malformed")
        #expect(try await p.fixture.tcp.send("POST", "/v1/keys/openai/versions", bearer: p.bearer, json: padded).code == "too_large")
        await p.fixture.stop()
    }

    @Test func readsNoByteOfARenewalWithAnOldLogin() async throws {
        let ahead = Atomic<UInt64>(0)
        let p = try await prepared(clock: { SystemClock.seconds() + ahead.load(ordering: .relaxed) })
        ahead.store(61, ordering: .relaxed)
        let answer = try await p.announce("/v1/account/renew", as: p.bearer, bytes: 1_000_000)
        #expect(answer.code == "login_required")
        #expect(answer.isClosed)
        let audit = try await p.fixture.unix.send("GET", "/v1/audit?last=1000").decoded(InfoMessages.AuditList.self)
        #expect(audit.records.contains { $0.action == "renew_account" && $0.outcome == "login_required" })
        await p.fixture.stop()
    }

    @Test func holdsOneLargeBodyAtATime() async throws {
        let p = try await prepared(bodySeconds: 2)
        let start = ContinuousClock.now
        async let slow = p.announce("/v1/account/key", as: p.bearer, bytes: 1_000_000)
        try await Task.sleep(for: .milliseconds(500))
        let waiting = try await p.fixture.tcp.send("POST", "/v1/account/key", bearer: p.bearer, json: "{}")
        let waited = ContinuousClock.now - start
        #expect(waiting.code == "malformed")
        #expect(waited > .milliseconds(1_500), "the second is read when the first is done: \(waited)")
        #expect(try await slow.status == 408)
        await p.fixture.stop()
    }

    @Test func refusesPathsThatNameNothing() async throws {
        let p = try await prepared()
        for version in ["0", "01", "-1", "x", "4294967296", "7"] {
            #expect(try await p.post("/v1/keys/openai/versions/\(version)/rollback", as: p.bearer).code == "not_found", "\(version)")
        }
        #expect(try await p.post("/v1/keys/UPPER/versions/1/retire", as: p.bearer).code == "alias_unknown")
        #expect(try await p.post("/v1/access/short/revoke", as: p.bearer).code == "not_found")
        #expect(try await p.post("/v1/keys/openai/versions/1/retire", as: p.bearer).code == "version_state")
        #expect(try await p.fixture.tcp.send("GET", "/v1/keys/openai/recipients", bearer: "tca_short").code == "token_malformed")
        await p.fixture.stop()
    }

    @Test func aJobRotatesAKeyWithItsAccessFile() async throws {
        let p = try await prepared()
        let job = try ControlJob(of: p.owner, at: SystemClock.seconds(), revision: 2)
        let created = try await p.post("/v1/access", as: p.bearer, job.message)
        #expect(created.status == 201)
        #expect(!created.body.contains(job.message.tokenDigest.text))
        #expect(try await p.post("/v1/access", as: job.token, job.message).code == "forbidden")
        #expect(try await p.fixture.tcp.send("GET", "/v1/account", bearer: job.token).status == 200)
        #expect(try await p.post("/v1/unlock", as: job.token, SessionMessages.Unlock(aliases: [])).code == "forbidden")
        #expect(try await p.post("/v1/keys/openai/ciphertexts", as: job.token).code == "forbidden")

        func recipients() async throws -> RotationMessages.Recipients {
            try await p.fixture.tcp.send("GET", "/v1/keys/openai/recipients", bearer: job.token).decoded(RotationMessages.Recipients.self)
        }
        let addition = try job.addition(try await recipients(), value: "sk-two", at: SystemClock.seconds())
        var stale = addition
        stale.revision -= 1
        #expect(try await p.post("/v1/keys/openai/versions", as: job.token, stale).code == "revision_conflict")
        let added = try await p.post("/v1/keys/openai/versions", as: job.token, addition)
        #expect(added.status == 201)
        #expect(added.isClosed)
        let path = "/v1/keys/openai/versions"
        let activated = try await p.post("\(path)/2/activate", as: job.token, RotationMessages.Activate(graceSeconds: 60))
        #expect(try activated.decoded(KeyMessages.List.self).keys.first?.versions.map(\.state) == [.grace, .active])
        #expect(try activated.decoded(KeyMessages.List.self).writers?.map(\.writerID) == [job.message.writerID])
        let back = try await p.post("\(path)/1/rollback", as: job.token)
        #expect(try back.decoded(KeyMessages.List.self).keys.first?.versions.map(\.state) == [.active, .pending])
        #expect(try await p.post("\(path)/2/retire", as: job.token).status == 200)
        let exported = try await p.post("/v1/keys/openai/ciphertexts", as: p.bearer)
        let versions = try exported.decoded(KeyMessages.List.self).keys.first?.versions
        #expect(versions?.map { [$0.ciphertext != nil, $0.accountSeal != nil] } == [[true, true], [false, false]])

        let revoked = try await p.fixture.unix.send("POST", "/v1/access/\(job.message.writerID)/revoke")
        #expect(revoked.status == 200)
        let ended = try await p.fixture.tcp.send("GET", "/v1/keys", bearer: job.token)
        #expect(ended.status == 401)
        #expect(ended.code == "access_ended")
        #expect(ended.fields["x-should-retry"] == "false")
        let audit = try await p.fixture.unix.send("GET", "/v1/audit?last=1000")
        #expect(!audit.body.contains(job.token))
        let done = try audit.decoded(InfoMessages.AuditList.self).records.filter { $0.actor == "access:\(job.message.writerID)" }
        for action in ["rotate_key", "activate_version", "rollback_version", "retire_version", "list_recipients", "show_account"] {
            #expect(done.contains { $0.action == action && $0.outcome == "ok" }, "\(action)")
        }
        #expect(done.contains { $0.action == "unlock" && $0.outcome == "forbidden" })
        #expect(try await p.fixture.unix.send("GET", "/v1/access?account=alice").decoded(AccessMessages.List.self).access.count == 1)
        await p.fixture.stop()
    }

    @Test func renewsAnAccountWithMoreThanAnUsualBodyHolds() async throws {
        let p = try await prepared()
        let value = String(repeating: "k", count: 16_384)
        for number in 1...14 {
            let json = try p.owner.enrolment("key-\(number)", revision: UInt64(number + 1), value: value)
            #expect(try await p.fixture.tcp.send("POST", "/v1/keys", bearer: p.bearer, json: json).status == 201)
        }
        let new = try ControlOwner()
        let enrolments = try (["openai"] + (1...14).map { "key-\($0)" }).map {
            try new.enrolmentMessage($0, revision: 1, value: value)
        }
        let message = try AccountRenewal.make(
            keys: p.owner.keys, revision: 16, account: try new.creationMessage(), enrolments: enrolments)
        #expect(try ControlOwner.json(message).utf8.count > 262_144)
        let answer = try await p.post("/v1/account/renew", as: p.bearer, message)
        #expect(answer.status == 201)
        #expect(answer.isClosed)
        #expect(try answer.decoded(AccountMessages.Account.self).accountID == new.keys.accountID)
        #expect(try await p.fixture.tcp.send("GET", "/v1/account", bearer: p.bearer).code == "login_required")
        let bearer = try await new.login(p.fixture.tcp, origin: p.fixture.origin).bearer
        #expect(try await p.fixture.tcp.send("GET", "/v1/keys", bearer: bearer).decoded(KeyMessages.List.self).keys.count == 15)
        await p.fixture.stop()
    }
}
