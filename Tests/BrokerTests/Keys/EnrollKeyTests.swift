import Broker
import Envelope
import Model
import Primitives
import Testing

struct EnrollKeyTests {
    private func prepared() async throws -> (BrokerFixture, TestOwner, Call) {
        let fixture = try await BrokerFixture()
        let owner = try TestOwner()
        try await owner.create(on: fixture)
        return (fixture, owner, try await owner.login(to: fixture))
    }

    @Test func refusesEverybodyButTheOwner() async throws {
        let (fixture, owner, _) = try await prepared()
        let message = try owner.enrolment(revision: 1)
        await expectRefusal(.loginRequired) { try await fixture.broker.enrollKey(message, call: BrokerFixture.anonymousCall) }
        await expectRefusal(.loginRequired) { try await fixture.broker.enrollKey(message, call: BrokerFixture.operatorCall) }
        let session = Call(
            principal: .session(try TestOwner.unwrapped(SessionID(bytes: [UInt8](repeating: 1, count: 16))), owner.id),
            peer: BrokerFixture.anonymousCall.peer, requestID: "r")
        await expectRefusal(.forbidden) { try await fixture.broker.enrollKey(message, call: session) }
    }

    @Test func refusesAVersionThatSaysAnythingElseThanWasSigned() async throws {
        let (fixture, owner, call) = try await prepared()
        let message = try owner.enrolment(revision: 1)
        var redirected = message
        redirected.destination = try Destination(url: "https://evil.example.com/v1")
        var reinjected = message
        reinjected.injection = .header(name: "x-api-key", prefix: "", suffix: "")
        var renamed = message
        renamed.alias = try TestOwner.unwrapped(Alias("other"))
        var swapped = message
        swapped.version.ciphertext = try owner.enrolment(revision: 1).version.ciphertext
        var committed = message
        committed.version.dekCommitment = try owner.enrolment(revision: 1).version.dekCommitment
        var later = message
        later.version.signedAt += 1
        for altered in [redirected, reinjected, renamed, swapped, committed, later] {
            await expectRefusal(.signatureInvalid) { try await fixture.broker.enrollKey(altered, call: call) }
        }
    }

    @Test func refusesAnotherSignerAndAWriterWithoutACertificate() async throws {
        let (fixture, owner, call) = try await prepared()
        let mallory = try TestOwner("mallory")
        var foreign = try owner.enrolment(revision: 1)
        foreign.version.signer = Signer(kind: .identity, publicKey: Blob(mallory.keys.publicIdentity.publicKey.bytes))
        await #expect(throws: BrokerError.self) { try await fixture.broker.enrollKey(foreign, call: call) }
        var writer = try owner.enrolment(revision: 1)
        writer.version.signer = Signer(kind: .writer, publicKey: Blob(mallory.keys.publicIdentity.publicKey.bytes))
        writer.version.signedRevision = 0
        await expectRefusal(.forbidden) { try await fixture.broker.enrollKey(writer, call: call) }
        #expect(try await fixture.broker.listKeys(call: call).keys.isEmpty)
    }

    @Test func refusesSizesThatCannotBe() async throws {
        let (fixture, owner, call) = try await prepared()
        var short = try owner.enrolment(revision: 1)
        short.version.ciphertext = Blob([UInt8](repeating: 0, count: 28))
        var long = try owner.enrolment(revision: 1)
        long.version.ciphertext = Blob([UInt8](repeating: 0, count: 16_384 + 29))
        var seal = try owner.enrolment(revision: 1)
        seal.version.accountSeal = Blob([UInt8](repeating: 0, count: 79))
        var second = try owner.enrolment(revision: 1)
        second.version.version = 2
        var provider = try owner.enrolment(revision: 1)
        provider.provider = "Open AI"
        for message in [short, long, seal, second, provider] {
            await expectRefusal(.malformed) { try await fixture.broker.enrollKey(message, call: call) }
        }
    }

    @Test func refusesAStaleRevisionATakenAliasAndAnIdTwice() async throws {
        let (fixture, owner, call) = try await prepared()
        await expectRefusal(.revisionConflict) { try await fixture.broker.enrollKey(try owner.enrolment(revision: 2), call: call) }
        let message = try owner.enrolment(revision: 1)
        let list = try await fixture.broker.enrollKey(message, call: call)
        #expect(list.revision == 2)
        await expectRefusal(.revisionConflict) { try await fixture.broker.enrollKey(try owner.enrolment("other", revision: 1), call: call) }
        await expectRefusal(.aliasTaken) { try await fixture.broker.enrollKey(try owner.enrolment(revision: 2), call: call) }
        await expectRefusal(.duplicate) {
            try await fixture.broker.enrollKey(try owner.enrolment("other", revision: 2, keyID: message.keyID), call: call)
        }
    }

    @Test func storesNothingWhileTheKEKIsAway() async throws {
        let (fixture, owner, call) = try await prepared()
        fixture.custody.setAway(true)
        await expectRefusal(.kekUnreachable) { try await fixture.broker.enrollKey(try owner.enrolment(revision: 1), call: call) }
        #expect(fixture.broker.readiness.kek == "unreachable")
        fixture.custody.setAway(false)
        let list = try await fixture.broker.enrollKey(try owner.enrolment(revision: 1), call: call)
        #expect(list.keys.first?.versions.first?.state == .active)
        #expect(list.keys.first?.versions.first?.accountSeal == nil)
    }
}
