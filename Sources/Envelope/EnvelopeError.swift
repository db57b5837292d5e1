package import Primitives

/// Why something was not made, parsed, opened or believed. Payloads name fields, rules and numbers, never secret bytes.
package enum EnvelopeError: Error, Equatable, Sendable {
    /// Bytes or values that are not in the one accepted form; names the field or rule.
    case malformed(String)
    /// A value above its maximum; names it.
    case tooLarge(String)
    /// Wrong key, wrong context or altered data; deliberately one case.
    case authenticationFailed
    /// A DEK that is not the one the version's commitment names.
    case commitmentMismatch
    /// A signature that its signer did not make for exactly this context.
    case signatureInvalid
    /// Slot costs below what a client accepts, above what it runs, or of another kind.
    case costsRefused
    /// Keys, ids or a pinned account that do not belong together.
    case accountMismatch
    /// An account key older than one that was seen before.
    case epochTooLow(seen: UInt32, offered: UInt32)
    /// A writer that may not do this, or whose certificate does not cover it.
    case signerRefused(String)
    /// A session certificate, or the wish for one, that breaks a rule.
    case sessionRefused(String)
    /// A cryptographic library gave up for a reason that input does not explain.
    case libraryFailure

    /// The same reason in this module's words.
    package init(_ error: PrimitiveError) {
        self =
            switch error {
            case .authenticationFailed: .authenticationFailed
            case .invalidLength(let expected, let actual): .malformed("\(actual) bytes where \(expected) are needed")
            case .invalidCost: .costsRefused
            case .invalidPublicKey: .malformed("public key")
            case .libraryFailure: .libraryFailure
            }
    }
}
