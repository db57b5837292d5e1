package import Envelope
package import HTTPTransport
package import Model

/// Why a user's device could not do what was asked. Payloads are names, ids, numbers and texts for people, never a secret.
package enum ClientError: Error, Equatable {
    /// No usable answer from the broker at `broker` (a URL without user or password).
    case transport(HTTPTransportError, broker: String)
    /// The broker said no. `message` is its text for people, which ends with the next command.
    case refused(status: Int, code: String, message: String)
    /// The answer is HTTP but not what Docs/openapi.yaml promises; the text names what is wrong with it.
    case unusableAnswer(String)
    /// Wrong passphrase or recovery code, or no such account: the broker does not say which.
    case loginFailed(AccountName)
    /// The broker offers another account under a name whose id is known; `source` says where the id is known from.
    case pinMismatch(name: AccountName, expected: AccountID, offered: AccountID, source: String)
    /// Something the broker sent does not open or verify; the text says what.
    case untrusted(EnvelopeError, what: String)
    /// What the user gave cannot be used: a key, a passphrase, a name, a time. The text says how to give it.
    case invalidInput(String)
    /// A secret is needed and there is neither a terminal nor a descriptor to read it from; the text says which and how.
    case needsTerminal(String)
    /// Only an access file vouches for where this key goes, and the owner has not said that it may go there.
    case unconfirmedDestination(Alias, Destination)
    /// The user ended a prompt.
    case cancelled
    /// A file of ours that cannot be read, written or trusted.
    case file(path: String, reason: String)
    /// What was asked for does not exist.
    case notFound(String)
    /// The operating system refused.
    case system(String)
}

extension ClientError: CustomStringConvertible {
    /// One or two lines for people; where there is a next command it stands at the end.
    package var description: String {
        switch self {
        case .transport(let error, let broker):
            "the broker at \(broker) gave no usable answer: \(error)\nIs it running? run: tacit serve (or set TACIT_URL)"
        case .refused(_, let code, let message): message.isEmpty ? "the broker refused (\(code))" : message
        case .unusableAnswer(let reason): "the broker's answer cannot be used: \(reason)"
        case .loginFailed(let name):
            "wrong passphrase, or the broker has no account \(name)\nForgot the passphrase? run: tacit account recover \(name)"
        case .pinMismatch(let name, let expected, let offered, let source):
            """
            the broker offers account \(name) with the id \(offered), but \(source) says \(expected)
            Somebody may be posing as your broker. Nothing was sent. If you replaced the account yourself, remove its line from known_accounts
            """
        case .untrusted(let error, let what): "\(what) does not verify (\(Self.text(error))); nothing was done with it"
        case .invalidInput(let reason): reason
        case .needsTerminal(let reason): reason
        case .unconfirmedDestination(let alias, let destination):
            """
            \(alias) goes to \(destination.url), and only an access file vouches for that; nothing was sent
            Is it right? run: tacit rotate key \(alias) --confirm-destination \(destination.url)
            """
        case .cancelled: "cancelled"
        case .file(let path, let reason): "\(path): \(reason)"
        case .notFound(let what): what
        case .system(let reason): reason
        }
    }

    private static func text(_ error: EnvelopeError) -> String {
        switch error {
        case .malformed(let what): "malformed: \(what)"
        case .tooLarge(let what): "too large: \(what)"
        case .authenticationFailed: "wrong key or altered data"
        case .commitmentMismatch: "not the key it was signed as"
        case .signatureInvalid: "wrong signature"
        case .costsRefused: "passphrase costs outside what this program accepts"
        case .accountMismatch: "parts of different accounts"
        case .epochTooLow(let seen, let offered): "account key \(offered), but \(seen) was seen before"
        case .signerRefused(let why): "signer refused: \(why)"
        case .sessionRefused(let why): "session refused: \(why)"
        case .libraryFailure: "a cryptographic library failed"
        }
    }
}
