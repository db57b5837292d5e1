import Broker
import Model
import Sessions
import Testing

@testable import ControlAPI

@Suite(.serialized)
struct OwnerJourneyTests {
    @Test func goesFromInvitationToSessionAndBack() async throws {
        let fixture = try await ControlFixture()
        let owner = try ControlOwner()
        let refused = try await fixture.tcp.send("POST", "/v1/accounts", json: try owner.creation())
        #expect(refused.code == "invitation_invalid")
        #expect(try await fixture.tcp.send("POST", "/v1/invitations").status == 401)
        let invited = try await fixture.unix.send("POST", "/v1/invitations")
        #expect(invited.status == 201)
        #expect(invited.isClosed)
        let invitation = try invited.decoded(AccountMessages.Invitation.self).invitation
        let created = try await fixture.tcp.send("POST", "/v1/accounts", json: try owner.creation(invitation: invitation))
        #expect(created.status == 201)
        #expect(created.isClosed)

        let loggedIn = try await owner.login(fixture.tcp, origin: fixture.origin)
        let bearer = loggedIn.bearer
        #expect(try await owner.login(fixture.unix, origin: "unix").account == loggedIn.account)
        let enrolled = try await fixture.tcp.send("POST", "/v1/keys", bearer: bearer, json: try owner.enrolment("openai", revision: 1))
        #expect(enrolled.status == 201)
        #expect(enrolled.isClosed)
        let unlocked = try await fixture.tcp.send("POST", "/v1/unlock", bearer: bearer, json: "{\"aliases\":[\"openai\"]}")
        let (session, token) = try owner.session(try unlocked.decoded(KeyMessages.List.self), at: SystemClock.seconds())
        #expect(try await fixture.tcp.send("GET", "/v1/session", bearer: token).code == "token_unknown")
        #expect(try await fixture.tcp.send("POST", "/v1/sessions", bearer: bearer, json: session).status == 201)

        let own = try await fixture.tcp.send("GET", "/v1/session", bearer: token)
        #expect(own.status == 200)
        #expect(own.isClosed)
        #expect(try own.decoded(SessionMessages.Session.self).aliases.map(\.text) == ["openai"])
        #expect(try await fixture.tcp.send("GET", "/v1/keys", bearer: token).code == "forbidden")
        #expect(try await fixture.tcp.send("POST", "/v1/session/revoke", bearer: token).status == 200)
        #expect(try await fixture.tcp.send("GET", "/v1/session", bearer: token).code == "session_revoked")

        #expect(try await fixture.tcp.send("POST", "/v1/keys/openai/revoke", bearer: bearer).status == 200)
        #expect(try await fixture.tcp.send("POST", "/v1/keys/openai/revoke", bearer: bearer).code == "key_revoked")
        #expect(try await fixture.tcp.send("POST", "/v1/keys/UPPER/revoke", bearer: bearer).code == "alias_unknown")
        #expect(try await fixture.tcp.send("POST", "/v1/sessions/short/revoke", bearer: bearer).code == "not_found")
        let out = try await fixture.tcp.send("POST", "/v1/logout", bearer: bearer)
        #expect(out.status == 204)
        #expect(try await fixture.tcp.send("GET", "/v1/account", bearer: bearer).code == "login_required")

        let audit = try await fixture.unix.send("GET", "/v1/audit?last=1000")
        for secret in [bearer, token, invitation] { #expect(!audit.body.contains(secret)) }
        let actions = try audit.decoded(InfoMessages.AuditList.self).records.map(\.action)
        for action in [
            "create_invitation", "create_account", "finish_login", "enroll_key", "unlock", "create_session", "revoke_own_session",
            "revoke_key", "logout",
        ] {
            #expect(actions.contains(action), "\(action)")
        }
        await fixture.stop()
    }

    @Test func unlocksWithAPassphraseOverTheSocketOnly() async throws {
        let fixture = try await ControlFixture()
        let owner = try ControlOwner(passphrase: "correct horse battery staple")
        #expect(try await fixture.unix.send("POST", "/v1/accounts", json: try owner.creation()).status == 201)
        let bearer = try await owner.login(fixture.unix, origin: "unix").bearer
        #expect(
            try await fixture.unix.send("POST", "/v1/keys", bearer: bearer, json: try owner.enrolment("openai", revision: 1)).status == 201)
        let body = "{\"name\":\"alice\",\"passphrase\":\"correct horse battery staple\",\"ttl_seconds\":600}"
        #expect(try await fixture.tcp.send("POST", "/v1/assisted-unlock", json: body).code == "tls_required")
        let wrong = try await fixture.unix.send("POST", "/v1/assisted-unlock", json: body.replacing("horse", with: "mare"))
        #expect(wrong.code == "login_failed")
        #expect(!wrong.body.contains("mare"))
        #expect(wrong.isClosed)
        let answer = try await fixture.unix.send("POST", "/v1/assisted-unlock", json: body)
        #expect(answer.status == 201)
        #expect(answer.isClosed)
        let unlocked = try answer.decoded(SessionMessages.Unlocked.self)
        #expect(try await fixture.tcp.send("GET", "/v1/session", bearer: unlocked.token).status == 200)
        #expect(try await fixture.unix.send("POST", "/v1/assisted-unlock", json: "").code == "malformed")
        await fixture.stop()
    }

    @Test func saysThatAssistedUnlockIsOff() async throws {
        let fixture = try await ControlFixture(assistedUnlock: false)
        let answer = try await fixture.unix.send("POST", "/v1/assisted-unlock", json: "{}")
        #expect(answer.code == "assisted_unlock_off")
        await fixture.stop()
    }

    @Test func tellsWhatItIs() async throws {
        let fixture = try await ControlFixture()
        fixture.broker.setProxyURL("http://127.0.0.1:8701")
        let info = try await fixture.tcp.send("GET", "/v1/info").decoded(InfoMessages.Info.self)
        #expect(info.proxyURL == "http://127.0.0.1:8701")
        #expect(info.registration == "invite")
        #expect(try await fixture.tcp.send("GET", "/healthz").body == "{\"status\":\"ok\"}")
        let ready = try await fixture.tcp.send("GET", "/readyz")
        #expect(ready.status == 200)
        #expect(try ready.decoded(InfoMessages.Readiness.self).status == "ready")
        await fixture.stop()
    }
}
