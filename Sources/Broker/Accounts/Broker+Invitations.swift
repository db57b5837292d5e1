import Envelope
package import Model
import SecretMemory
import Store

extension Broker {
    /// How long an invitation lasts, in seconds.
    static let invitationLifetimeSeconds: UInt64 = 86_400

    /// Makes a one-time right to create an account (`create_invitation`, operator). The token is in the answer and nowhere else; it
    /// becomes a `String` because the message is JSON, and opens no key.
    /// - Throws: `.forbidden`, `.unavailable`.
    package func createInvitation(call: Call) async throws(BrokerError) -> AccountMessages.Invitation {
        try await audited(.createInvitation, call) { (_) async throws(BrokerError) in
            try call.requireOperator()
            let token = try checked { () throws(EnvelopeError) in try BearerToken.make(.invitation) }
            let expiresAt = clock() + Self.invitationLifetimeSeconds
            let record = InvitationRecord(tokenDigest: token.digest, expiresAt: expiresAt)
            try await stored { () async throws(StoreError) in try await store.insertInvitation(record) }
            return AccountMessages.Invitation(invitation: Self.insecureText(token.text), expiresAt: expiresAt)
        }
    }

    /// An ASCII secret as text, for a message that has to carry it to the one it belongs to. The copy is released with the message; the
    /// executable's `free` wipes what is released.
    static func insecureText(_ secret: borrowing SecretBytes) -> String {
        secret.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }
    }
}
