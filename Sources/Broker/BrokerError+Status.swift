extension BrokerError {
    /// The HTTP status of the answer.
    package var status: UInt16 { code.status }
}

extension BrokerError.Code {
    /// The one place where codes become statuses.
    package var status: UInt16 {
        switch self {
        case .malformed, .unknownField, .ambiguousRequest, .signatureInvalid, .invalidDestination, .invalidInjection, .invalidPolicy,
            .lifetimeRefused, .costsRefused:
            400
        case .tokenMissing, .tokenMalformed, .tokenUnknown, .sessionExpired, .sessionRevoked, .accessEnded, .loginFailed, .loginRequired:
            401
        case .forbidden, .originNotAllowed, .registrationClosed, .invitationInvalid, .assistedUnlockOff, .tlsRequired: 403
        case .notFound, .aliasUnknown, .keyRevoked: 404
        case .methodNotAllowed: 405
        case .revisionConflict, .versionState, .aliasTaken, .nameTaken, .accountExists, .duplicate, .kekInUse: 409
        case .tooLarge: 413
        case .unsupportedMediaType: 415
        case .foreignHost: 421
        case .rateLimited, .tooManyLogins, .busy: 429
        case .internalError: 500
        case .kekUnreachable, .kekChanged, .integrity, .unavailable, .draining: 503
        }
    }
}
