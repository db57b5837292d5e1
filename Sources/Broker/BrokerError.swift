/// Why the broker refused or could not do what was asked. What the peer sees is this and nothing more; causes go to the log.
package struct BrokerError: Error, Sendable, Equatable {
    /// Stable names for programs (Docs/openapi.yaml); the raw value is the `code` of the answer.
    package enum Code: String, Sendable, CaseIterable {
        case malformed
        case unknownField = "unknown_field"
        case ambiguousRequest = "ambiguous_request"
        case signatureInvalid = "signature_invalid"
        case invalidDestination = "invalid_destination"
        case invalidInjection = "invalid_injection"
        case invalidPolicy = "invalid_policy"
        case lifetimeRefused = "lifetime_refused"
        case costsRefused = "costs_refused"
        case tokenMissing = "token_missing"
        case tokenMalformed = "token_malformed"
        case tokenUnknown = "token_unknown"
        case sessionExpired = "session_expired"
        case sessionRevoked = "session_revoked"
        case accessEnded = "access_ended"
        case loginFailed = "login_failed"
        case loginRequired = "login_required"
        case forbidden
        case originNotAllowed = "origin_not_allowed"
        case registrationClosed = "registration_closed"
        case invitationInvalid = "invitation_invalid"
        case assistedUnlockOff = "assisted_unlock_off"
        case tlsRequired = "tls_required"
        case notFound = "not_found"
        case aliasUnknown = "alias_unknown"
        case keyRevoked = "key_revoked"
        case methodNotAllowed = "method_not_allowed"
        case revisionConflict = "revision_conflict"
        case versionState = "version_state"
        case aliasTaken = "alias_taken"
        case nameTaken = "name_taken"
        case accountExists = "account_exists"
        case duplicate
        case tooLarge = "too_large"
        case unsupportedMediaType = "unsupported_media_type"
        case foreignHost = "foreign_host"
        case rateLimited = "rate_limited"
        case tooManyLogins = "too_many_logins"
        case busy
        case kekUnreachable = "kek_unreachable"
        case kekChanged = "kek_changed"
        case kekInUse = "kek_in_use"
        case integrity
        case unavailable
        case draining
        case internalError = "internal"
    }

    package let code: Code
    /// For people; ends with what to do next. Holds no secret and no bytes of the request.
    package let message: String
    /// Seconds after which trying again may help; written as `Retry-After`.
    package let retryAfterSeconds: UInt32?

    package init(_ code: Code, _ message: String, retryAfterSeconds: UInt32? = nil) {
        self.code = code
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
    }

    package static func == (a: Self, b: Self) -> Bool { a.code == b.code }
}
