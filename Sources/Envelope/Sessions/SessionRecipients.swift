package import Model

/// Checks the sessions that a server lists as recipients of a new version's DEK.
package enum SessionRecipients {
    /// Every session to seal to. A certificate that has expired is left out: whoever still holds its token gets nothing new, and a broker
    /// whose clock is behind ours asks again a moment later.
    /// - Parameters:
    ///   - keyID: the key, which each certificate has to name.
    ///   - now: seconds since 1970.
    /// - Throws: `.signatureInvalid` for a certificate the identity key did not sign; `.sessionRefused` for one that does not name the key,
    ///   and for a session twice; `.malformed`.
    package static func verify(
        _ listed: [RotationMessages.Certificate], naming keyID: KeyID, identity: AccountIdentity, now: UInt64
    ) throws(EnvelopeError) -> [VerifiedSession] {
        guard Set(listed.map(\.sessionID)).count == listed.count else { throw .sessionRefused("a session twice") }
        var sessions: [VerifiedSession] = []
        for listed in listed {
            let certificate = try SessionCertificate(accountID: identity.accountID, listed: listed)
            let session = try certificate.verify(signature: listed.signature, identity: identity)
            guard certificate.keyIDs.contains(keyID) else { throw .sessionRefused("the session does not name the key") }
            if certificate.expiresAt > now { sessions.append(session) }
        }
        return sessions
    }
}
