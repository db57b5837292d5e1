import Custody
import Envelope
package import Model
import Sessions
import Store

extension BrokerError {
    package static var loginRequired: BrokerError { BrokerError(.loginRequired, "this needs a login; run: tacit status") }
    package static var loginFailed: BrokerError {
        BrokerError(.loginFailed, "the login failed: check the account name and the passphrase, then try again")
    }
    package static var accessEnded: BrokerError {
        BrokerError(.accessEnded, "the access file is revoked or over; the owner makes another one: tacit access create")
    }
    package static var forbidden: BrokerError { BrokerError(.forbidden, "this principal may not do that; run: tacit status") }
    package static var kekUnreachable: BrokerError {
        BrokerError(.kekUnreachable, "the key encryption key cannot be reached; run: tacit kek status", retryAfterSeconds: 5)
    }
    package static var kekChanged: BrokerError {
        BrokerError(.kekChanged, "the key encryption key is being changed; try again, or run: tacit kek status", retryAfterSeconds: 1)
    }
    package static var draining: BrokerError { BrokerError(.draining, "the broker is stopping; try again soon", retryAfterSeconds: 10) }

    static func integrity(_ row: String) -> BrokerError {
        BrokerError(.integrity, "a stored row does not pass its check (\(row)); run: tacit doctor")
    }

    /// What the peer is told about a failure of the store.
    init(_ error: StoreError) {
        switch error {
        case .nameTaken: self.init(.nameTaken, "the name is taken; choose another one")
        case .aliasTaken: self.init(.aliasTaken, "the alias is taken; run: tacit keys")
        case .revisionConflict(let current):
            self.init(.revisionConflict, "the account has changed since (it is at revision \(current)); read it again and sign again")
        case .kekEpochPassed: self = .kekChanged
        case .invitationInvalid: self.init(.invitationInvalid, "the invitation is unknown, used or over; ask the operator for another one")
        case .notFound: self.init(.notFound, "there is no such thing; run: tacit keys, tacit sessions")
        case .writerEnded: self = .accessEnded
        case .versionState(let state):
            let text = state == .retired ? "retired, or its grace is over" : state == .grace ? "in grace" : state.rawValue
            self.init(.versionState, "the version is \(text); run: tacit keys")
        case .duplicate: self.init(.duplicate, "it exists already; make a new id and try again")
        case .invalid(let reason): self.init(.malformed, "the store refuses the record: \(reason)")
        case .integrity(let fault): self = .integrity(fault.description)
        case .full: self.init(.unavailable, "the store is full; free space on its disk", retryAfterSeconds: 30)
        case .corrupt, .unavailable: self.init(.unavailable, "the store cannot be used; run: tacit doctor", retryAfterSeconds: 5)
        }
    }

    /// What the peer is told about a failure of custody; `row` names what was being opened.
    init(_ error: CustodyError, row: String) {
        switch error {
        case .unreachable(let cause), .misconfigured(let cause):
            self.init(.kekUnreachable, "the key encryption key cannot be reached: \(cause)", retryAfterSeconds: 5)
        case .integrity, .unknownVersion: self = .integrity(row)
        case .tooLarge: self.init(.malformed, "too large to be stored: \(row)")
        }
    }

    /// What the peer is told about bytes it sent.
    init(_ error: EnvelopeError) {
        switch error {
        case .malformed(let place): self.init(.malformed, "malformed: \(place)")
        case .tooLarge(let place): self.init(.malformed, "too large: \(place)")
        case .authenticationFailed: self.init(.signatureInvalid, "the bytes do not open; make them again")
        case .commitmentMismatch: self.init(.signatureInvalid, "the commitment does not fit; make the value again")
        case .signatureInvalid: self.init(.signatureInvalid, "a signature does not verify; update the client and try again")
        case .accountMismatch: self.init(.signatureInvalid, "the account id is not the hash of the identity key")
        case .costsRefused: self.init(.costsRefused, "the slot's costs are outside what clients accept; use the standard ones")
        case .epochTooLow: self.init(.malformed, "the account key's epoch does not fit")
        case .signerRefused(let reason): self.init(.forbidden, "the signer may not write this: \(reason)")
        case .sessionRefused(let reason): self.init(.lifetimeRefused, "the session is refused: \(reason)")
        case .libraryFailure: self.init(.internalError, "a library failed; run: tacit doctor")
        }
    }

    /// What the peer is told about a value that is not valid.
    package init(_ error: ModelError) {
        let code: Code =
            switch error.code {
            case .invalidDestination: .invalidDestination
            case .invalidInjection: .invalidInjection
            case .invalidPolicy: .invalidPolicy
            case .unknownField: .unknownField
            case .invalidName, .malformed: .malformed
            }
        self.init(code, error.reason)
    }
}
