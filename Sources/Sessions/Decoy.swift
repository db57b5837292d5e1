import Envelope
import Model
import Primitives

/// What an unknown session id is compared with, so that it costs what a wrong secret costs and is answered the same.
struct Decoy: Sendable {
    let schedule: SessionKeySchedule
    /// Random: no verifier has this digest.
    let verifierDigest: InlineArray<32, UInt8>

    init() {
        guard let id = AccountID(bytes: Random.bytes(16)), let schedule = try? SessionKeySchedule(accountID: id) else {
            preconditionFailure("16 bytes make an account id, and an account id a schedule")
        }
        self.schedule = schedule
        let digest = Random.bytes(32)
        verifierDigest = InlineArray { digest[$0] }
    }
}
