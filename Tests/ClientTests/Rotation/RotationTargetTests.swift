import Envelope
import Model
import Primitives
import SecretMemory
import Testing

@testable import Client

@Suite struct RotationTargetTests {
    @Test func sealsNothingWhereABrokerAlteredAnythingOfItsAnswer() throws {
        let fixture = try RotationFixture.make()
        let stranger = try RotationFixture.make()
        let foreignSession = stranger.answer.sessions
        let foreignAccountKey = try stranger.keys.signAccountKey()
        let ownKey = X25519PrivateKey()
        let changes: [(name: String, change: (inout RotationMessages.Recipients) throws -> Void)] = [
            ("its own account key", { $0.account.accountKey.publicKey = Blob(ownKey.publicKey.bytes) }),
            ("another account's key", { $0.account.accountKey = foreignAccountKey }),
            ("another epoch", { $0.account.accountKey.epoch = 9 }),
            ("another account", { $0.account.accountID = try accountID(3) }),
            ("another host", { $0.key.destination = try Destination(url: "https://attacker.example") }),
            (
                "a private address allowed",
                { $0.key.destination = try Destination(url: "https://api.openai.com", allowsPrivateAddresses: true) }
            ),
            ("another path", { $0.key.destination = try Destination(url: "https://api.openai.com/x") }),
            ("another injection", { $0.key.injection = .query(name: "key") }),
            ("another alias", { $0.key.alias = try #require(Alias("other")) }),
            ("another key id", { $0.key.keyID = try #require(KeyID(bytes: [UInt8](repeating: 1, count: 16))) }),
            ("another version number", { $0.key.versions[0].version = 2 }),
            ("a version twice", { $0.key.versions.append($0.key.versions[0]) }),
            ("no version", { $0.key.versions = [] }),
            ("a version's signature", { $0.key.versions[0].signature = Blob([UInt8](repeating: 0, count: 64)) }),
            ("a version's signer", { $0.key.versions[0].signer = Signer(kind: .writer, publicKey: $0.writers[0].publicKey) }),
            ("a version's time", { $0.key.versions[0].signedAt -= 1 }),
            ("its own key for a session", { $0.sessions[0].publicKey = Blob(ownKey.publicKey.bytes) }),
            (
                "a session of its own",
                {
                    $0.sessions[0].publicKey = Blob(ownKey.publicKey.bytes)
                    $0.sessions[0].sessionID = try SessionID.derive(
                        accountID: $0.account.accountID, publicKey: Blob(ownKey.publicKey.bytes))
                }
            ),
            ("a session of another account", { $0.sessions = foreignSession }), ("a session twice", { $0.sessions += $0.sessions }),
            ("a longer session", { $0.sessions[0].expiresAt += 60 }), ("a wider session", { $0.sessions[0].policy.allowsUpgrade = true }),
            (
                "a session of another key",
                { $0.sessions[0].keyIDs = [try #require(KeyID(bytes: [UInt8](repeating: 1, count: 16)))] }
            ),
            ("a writer's rights", { $0.writers[0].rights = AccessRight.allCases }),
            ("a writer's key", { $0.writers[0].publicKey = Blob(stranger.keys.publicIdentity.publicKey.bytes) }),
        ]
        for (name, change) in changes {
            var answer = fixture.answer
            try change(&answer)
            #expect(throws: ClientError.self, "\(name)") { _ = try fixture.target(answer) }
        }
        let target = try fixture.target(fixture.answer)
        #expect(target.context.version == 2 && target.sessions.count == 1 && target.unconfirmedWriter == nil)
    }

    @Test func namesWhatIsRetiredBeforeAFurtherVersion() throws {
        let now = RotationFixture.now
        let fixture = try RotationFixture.make()
        let one = try #require(fixture.answer.key.versions.first)
        func versions(_ states: [KeyVersionState], age: UInt64 = 10) -> [KeyMessages.Version] {
            zip((1 as UInt32)..., states).map { number, state in
                KeyMessages.Version(
                    version: number, state: state, ciphertextDigest: one.ciphertextDigest, dekCommitment: one.dekCommitment,
                    signer: one.signer, signature: one.signature, signedAt: one.signedAt, signedRevision: one.signedRevision,
                    createdAt: now - age, accountSeal: one.accountSeal, ciphertext: one.ciphertext)
            }
        }
        let grace = [KeyVersionState](repeating: .grace, count: 6)
        #expect(RotationTarget.superfluous(versions(grace + [.active]), now: now) == [], "there is room for one more")
        let full = versions([.retired] + grace + [.pending, .active])
        #expect(RotationTarget.superfluous(full, now: now) == [2], "the oldest in grace, before one that may be in a probe")
        #expect(RotationTarget.superfluous(versions(grace + [.grace, .active]), now: now) == [1], "the oldest")
        #expect(RotationTarget.superfluous(versions(grace + [.pending, .active], age: 301), now: now) == [7], "what was abandoned first")
        #expect(RotationTarget.superfluous(versions([.active, .pending, .pending], age: 301), now: now) == [], "there is room")
        let pending = [KeyVersionState](repeating: .pending, count: 7)
        #expect(RotationTarget.superfluous(versions(pending + [.active]), now: now) == [1], "nothing else is there")
    }

    @Test func refusesAnAccountKeyOlderThanOneThatWasSeen() throws {
        let fixture = try RotationFixture.make()
        #expect(throws: ClientError.untrusted(.epochTooLow(seen: 2, offered: 1), what: "the account key")) {
            _ = try fixture.target(fixture.answer, minimumEpoch: 2)
        }
    }

    @Test func givesASessionNothingOnceItHasExpired() throws {
        let fixture = try RotationFixture.make()
        let end = fixture.answer.sessions[0].expiresAt
        #expect(try fixture.target(fixture.answer, now: end - 1).sessions.count == 1)
        #expect(try fixture.target(fixture.answer, now: end).sessions.isEmpty)
    }

    @Test func takesAWritersVersionOnlyWithinWhatItsCertificateSaysAndBeforeItWasRevoked() throws {
        let fixture = try RotationFixture.make(writerSigned: true)
        let made = fixture.answer.key.versions[0].createdAt
        var answer = fixture.answer
        answer.writers[0].revokedAt = made
        #expect(throws: Never.self, "revoked in the same second, after the version was there") { _ = try fixture.target(answer) }
        answer.writers[0].revokedAt = made - 1
        #expect(throws: ClientError.self) { _ = try fixture.target(answer) }
        answer.writers = []
        #expect(throws: ClientError.self, "nobody knows the writer") { _ = try fixture.target(answer) }
    }

    @Test func knowsWhoseWordADestinationStandsOn() throws {
        let fixture = try RotationFixture.make(writerSigned: true)
        let target = try fixture.target(fixture.answer)
        #expect(target.unconfirmedWriter == fixture.certificate.publicKey)
        #expect(ConfirmedDestination(target) == ConfirmedDestination(try fixture.target(fixture.answer)))
        let confirmed = try RotationFixture.make()
        #expect(try confirmed.target(confirmed.answer).unconfirmedWriter == nil)
    }

    @Test func aKeyOnlyAWriterVouchesForNeedsItsFirstVersion() throws {
        let fixture = try RotationFixture.make(writerSigned: true)
        let file = try fixture.file()
        let target = try fixture.target(fixture.answer)
        let value = secret("sk-second")
        let message = try target.message(value, activate: true, graceSeconds: 60, now: RotationFixture.now, signedBy: file)
        var answer = fixture.answer
        answer.key.versions.append(Self.stored(message.version, state: .active))
        answer.key.versions[0].state = .retired
        #expect(try fixture.target(answer).unconfirmedWriter == fixture.certificate.publicKey)
        answer.key.versions.removeFirst()
        #expect(throws: ClientError.self) { _ = try fixture.target(answer) }
    }

    @Test func whatIsMadeOpensForTheAccountAndTheSessionAndForNobodyElse() throws {
        let fixture = try RotationFixture.make()
        let target = try fixture.target(fixture.answer)
        let value = secret("sk-second")
        let message = try target.message(value, activate: true, graceSeconds: 60, now: RotationFixture.now, signedBy: fixture.keys)
        #expect(message.revision == 5 && message.version.version == 2 && message.version.signedRevision == 5 && message.activate)
        #expect(message.sessionSeals.map(\.sessionID) == [fixture.session.message.sessionID])
        let verified = try KeyVersionMaker.verify(
            message.version, context: target.context, identity: fixture.keys.publicIdentity, writers: .none)
        let dek = try DEK.open(
            message.version.accountSeal, with: fixture.keys.account,
            context: target.context.accountSeal(publicKey: fixture.keys.account.publicKey), of: target.context,
            commitment: verified.commitment)
        #expect(try dek.commitment(target.context) == verified.commitment)
        let stranger = X25519PrivateKey()
        #expect(throws: EnvelopeError.authenticationFailed) {
            _ = try DEK.open(
                message.sessionSeals[0].seal, with: stranger, context: target.context.accountSeal(publicKey: stranger.publicKey),
                of: target.context, commitment: verified.commitment)
        }
    }

    @Test func anAccessFileSignsForNoRevisionAndNotBeyondItsCertificate() throws {
        let fixture = try RotationFixture.make()
        let file = try fixture.file()
        let target = try fixture.target(fixture.answer)
        let value = secret("sk-second")
        let message = try target.message(value, activate: false, graceSeconds: 0, now: RotationFixture.now, signedBy: file)
        #expect(message.version.signer.kind == .writer && message.version.signedRevision == 0 && !message.activate)
        #expect(throws: ClientError.untrusted(.signerRefused("validity"), what: "key openai")) {
            _ = try target.message(value, activate: true, graceSeconds: 0, now: fixture.certificate.expiresAt, signedBy: file)
        }
        #expect(throws: ClientError.self, "keys of another account sign nothing here") {
            _ = try target.message(value, activate: true, graceSeconds: 0, now: RotationFixture.now, signedBy: AccountKeys.make())
        }
    }

    @Test func anExportedKeyOpensOnlyAsTheCiphertextThatWasSigned() throws {
        let fixture = try RotationFixture.make()
        let identity = fixture.keys.publicIdentity
        let key = fixture.answer.key
        let opened = try KeyExport(key, writers: [], identity: identity).openActive(with: fixture.keys)
        #expect(text(opened) == "sk-test-value")
        var other = key
        let bytes = try #require(key.versions[0].ciphertext).bytes
        other.versions[0].ciphertext = Blob(bytes.dropLast() + [bytes[bytes.count - 1] ^ 1])
        #expect(throws: ClientError.untrusted(.signatureInvalid, what: "key openai")) {
            _ = try KeyExport(other, writers: [], identity: identity).openActive(with: fixture.keys)
        }
        other = key
        other.versions[0].ciphertext = nil
        #expect(throws: ClientError.self) { _ = try KeyExport(other, writers: [], identity: identity).openActive(with: fixture.keys) }
        other = key
        other.versions[0].state = .pending
        #expect(throws: ClientError.self) { _ = try KeyExport(other, writers: [], identity: identity).openActive(with: fixture.keys) }
        other = key
        other.destination = try Destination(url: "https://attacker.example")
        #expect(throws: ClientError.self) { _ = try KeyExport(other, writers: [], identity: identity) }
    }

    private static func stored(_ new: KeyMessages.NewVersion, state: KeyVersionState) -> KeyMessages.Version {
        KeyMessages.Version(
            version: new.version, state: state, ciphertextDigest: KeyCiphertext.digest(new.ciphertext), dekCommitment: new.dekCommitment,
            signer: new.signer, signature: new.signature, signedAt: new.signedAt, signedRevision: new.signedRevision,
            createdAt: RotationFixture.now, accountSeal: new.accountSeal)
    }
}
