import Model
import Primitives
import Testing

@testable import Envelope

@Suite("Account public keys")
struct VerifiedAccountKeyTests {
    @Test("are refused with another epoch, key, signature or identity")
    func refusesAltered() throws {
        let keys = try Fixture.keys(epoch: 3)
        let signed = try keys.signAccountKey()
        var epoch = signed
        epoch.epoch = 4
        var key = signed
        key.publicKey = Blob(try AccountKeys.make().account.publicKey.bytes)
        var signature = signed
        signature.signature = Blob(Fixture.run(0, 64))
        for altered in [epoch, key, signature] {
            #expect(throws: EnvelopeError.signatureInvalid) {
                _ = try VerifiedAccountKey(verifying: altered, identity: Fixture.identity(), minimumEpoch: 1)
            }
        }
        let other = try AccountKeys.make().publicIdentity
        #expect(throws: EnvelopeError.signatureInvalid) { _ = try VerifiedAccountKey(verifying: signed, identity: other, minimumEpoch: 1) }
    }

    @Test("are refused below the epoch that was seen")
    func refusesRollback() throws {
        let signed = try Fixture.keys(epoch: 3).signAccountKey()
        #expect(throws: EnvelopeError.epochTooLow(seen: 4, offered: 3)) {
            _ = try VerifiedAccountKey(verifying: signed, identity: Fixture.identity(), minimumEpoch: 4)
        }
        #expect(try VerifiedAccountKey(verifying: signed, identity: Fixture.identity(), minimumEpoch: 3).epoch == 3)
    }

    @Test("of small order are refused even when signed")
    func refusesSmallOrder() throws {
        let keys = try Fixture.keys()
        let zero = Blob([UInt8](repeating: 0, count: 32))
        let signature = keys.identity.sign(try VerifiedAccountKey.context(accountID: keys.accountID, epoch: 1, publicKey: zero))
        #expect(throws: EnvelopeError.self) {
            _ = try VerifiedAccountKey(
                verifying: AccountMessages.AccountKey(epoch: 1, publicKey: zero, signature: signature), identity: Fixture.identity(),
                minimumEpoch: 1)
        }
    }

    @Test("have epochs from 1")
    func refusesEpochZero() {
        #expect(throws: EnvelopeError.self) { _ = try Fixture.keys(epoch: 0) }
    }
}
