package import Model

/// Why a call was refused: a stable code, its HTTP status and a text for people that ends with the next command.
/// Texts hold names from verified records only, never bytes of the request.
package struct Refusal: Error, Sendable, Equatable {
    /// The raw value is the code in error bodies.
    package enum Code: String, Sendable, CaseIterable {
        case tokenMalformed = "token_malformed"
        /// Unknown session and wrong secret are one answer.
        case tokenUnknown = "token_unknown"
        case sessionExpired = "session_expired"
        case sessionRevoked = "session_revoked"
        case keyNotInSession = "key_not_in_session"
        case methodNotAllowed = "method_not_allowed"
        case pathNotAllowed = "path_not_allowed"
        case pathDenied = "path_denied"
        case originNotAllowed = "origin_not_allowed"
        case upgradeNotAllowed = "upgrade_not_allowed"
        case aliasUnknown = "alias_unknown"
        case keyRevoked = "key_revoked"
        case rateLimited = "rate_limited"
        case requestsUsedUp = "requests_used_up"
        case requestsUncounted = "requests_uncounted"
        case integrity = "integrity"
        case kekUnreachable = "kek_unreachable"
        case internalError = "internal"

        /// The HTTP status that goes with the code (DESIGN section 5).
        package var status: UInt16 {
            switch self {
            case .tokenMalformed, .tokenUnknown, .sessionExpired, .sessionRevoked: 401
            case .keyNotInSession, .methodNotAllowed, .pathNotAllowed, .pathDenied, .originNotAllowed, .upgradeNotAllowed: 403
            case .aliasUnknown, .keyRevoked: 404
            case .rateLimited, .requestsUsedUp: 429
            case .internalError: 500
            case .integrity, .kekUnreachable, .requestsUncounted: 503
            }
        }
    }

    package let code: Code
    package let message: String
    /// Seconds after which a new attempt makes sense, where that is known.
    package let retryAfterSeconds: UInt32?
    /// With `.requestsUncounted`: the session whose next requests can be reserved, and the call tried again then
    /// (``SessionTable/reserveRequests(of:_:)``).
    package let reservable: SessionID?

    package var status: UInt16 { code.status }

    package init(_ code: Code, _ message: String, retryAfterSeconds: UInt32? = nil, reservable: SessionID? = nil) {
        self.code = code
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
        self.reservable = reservable
    }

    package static func == (a: Self, b: Self) -> Bool { a.code == b.code }
}

extension Refusal {
    static let tokenMalformed = Refusal(
        .tokenMalformed, "this is not a session token (tct_ and 64 characters). run: tacit unlock --print-token")
    static let tokenUnknown = Refusal(
        .tokenUnknown, "no session with this token; it may have ended long ago. run: tacit unlock")
    static let notReady = Refusal(
        .kekUnreachable, "sessions are not loaded, because the KEK did not answer yet. run: tacit status", retryAfterSeconds: 5)
    static let notLoaded = Refusal(
        .kekUnreachable, "the active value of this key is not loaded, because the KEK did not answer yet. run: tacit status",
        retryAfterSeconds: 5)
    static func usedUp(_ maximum: UInt64, _ name: String) -> Refusal {
        Refusal(.requestsUsedUp, "the session's \(maximum) requests are used up. run: tacit unlock --keys \(name)")
    }
    /// - Parameter session: `nil` where asking the store for more requests failed just now.
    static func uncounted(_ session: SessionID?) -> Refusal {
        Refusal(
            .requestsUncounted, "the session's requests could not be counted, because the store did not answer. run: tacit doctor",
            retryAfterSeconds: 1, reservable: session)
    }
    package static let failed = Refusal(.internalError, "the broker could not check the token. run: tacit doctor")

    static func unlock(_ aliases: [String]) -> String {
        aliases.isEmpty ? "run: tacit unlock" : "run: tacit unlock --keys \(aliases.joined(separator: ","))"
    }
}
