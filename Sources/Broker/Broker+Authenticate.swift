import Envelope
import Model
package import SecretMemory
import Sessions
import Store

extension Broker {
    /// Who presents a bearer. The kind is in its first four characters: `tco_` an owner's login, `tca_` an access file,
    /// `tct_` a session token.
    /// - Parameter bearer: the text after `Bearer `; borrowed, the caller wipes it.
    /// - Throws: `.tokenMalformed`, `.tokenUnknown`, `.loginRequired` for a login that is over, `.accessEnded`, `.sessionExpired`,
    ///   `.sessionRevoked`,
    ///   `.kekUnreachable` for a session token before the sessions are loaded.
    package func authenticate(bearer: borrowing SecretBytes) async throws(BrokerError) -> Principal {
        let digest = bearer.withBytes { BearerToken.digest(of: $0, kind: .owner) }
        if let digest {
            let now = clock()
            guard let login = try await stored({ () async throws(StoreError) in try await store.login(tokenDigest: digest, now: now) })
            else { throw BrokerError(.loginRequired, "the login is over; log in again") }
            return .owner(login.accountID, tokenDigest: digest)
        }
        if bearer.withBytes({ Self.hasPrefix("tca_", $0) }) { return try await authenticateAccess(bearer) }
        guard bearer.withBytes({ Self.hasPrefix("tct_", $0) }) else {
            throw BrokerError(.tokenMalformed, "this is no token of ours; run: tacit status")
        }
        do throws(Refusal) {
            let (session, account) = try sessions.authenticate(token: bearer)
            return .session(session, account)
        } catch {
            throw BrokerError(
                BrokerError.Code(rawValue: error.code.rawValue) ?? .internalError, error.message, retryAfterSeconds: error.retryAfterSeconds
            )
        }
    }

    /// The token names its writer; an unknown one and a wrong secret are one answer after the same comparison.
    private func authenticateAccess(_ bearer: borrowing SecretBytes) async throws(BrokerError) -> Principal {
        guard let token = bearer.withBytes({ AccessToken.parse($0) }) else {
            throw BrokerError(.tokenMalformed, "this is no access file's token; run: tacit access create")
        }
        let record = try await writer(token.writerID)
        let expected = record?.tokenDigest.bytes ?? [UInt8](repeating: 0, count: token.digest.bytes.count)
        guard unsafe constantTimeEqual(token.digest.bytes.span.bytes, expected.span.bytes), let record else {
            throw BrokerError(.tokenUnknown, "no access file has this token; run: tacit access create")
        }
        guard record.isLive(at: clock()) else { throw .accessEnded }
        return .access(record.id, record.accountID)
    }

    private static func hasPrefix(_ prefix: String, _ bytes: RawSpan) -> Bool {
        guard bytes.byteCount >= prefix.utf8.count else { return false }
        let expected = Array(prefix.utf8)
        return constantTimeEqual(bytes.extracting(first: expected.count), unsafe expected.span.bytes)
    }
}
