package import Client
import Envelope
import HTTPTransport

/// What the program's exit status means; scripts rely on these numbers.
package enum ExitStatus: Int32, Sendable {
    case done = 0
    /// Something went wrong on this machine.
    case failed = 1
    /// The command line, an input or a setting cannot be used as it is.
    case usage = 2
    /// Somebody who may say no said no.
    case refused = 3
    case notFound = 4
    /// No answer: broker, KEK or upstream.
    case unreachable = 5
    /// Something does not verify: never try again without looking.
    case integrity = 6
    /// Ctrl-C ended the watching of something that goes on.
    case interrupted = 130

    /// The status for a client's error.
    package init(_ error: ClientError) {
        self =
            switch error {
            case .transport(let cause, _): Self.status(of: cause)
            case .refused(let status, let code, _): Self.status(ofHTTP: status, code: code)
            case .unusableAnswer: .failed
            case .loginFailed: .refused
            case .pinMismatch: .integrity
            case .untrusted(.costsRefused, _): .refused
            case .untrusted(.libraryFailure, _): .failed
            case .untrusted: .integrity
            case .invalidInput: .usage
            case .needsTerminal: .usage
            case .unconfirmedDestination: .refused
            case .cancelled: .failed
            case .file: .failed
            case .notFound: .notFound
            case .system: .failed
            }
    }

    /// The status for a broker or demo provider that did not start.
    package init(_ error: StartError) {
        self =
            switch error {
            case .setting: .usage
            case .refused: .refused
            case .unreachable: .unreachable
            case .integrity: .integrity
            case .failed: .failed
            }
    }

    private static func status(of error: HTTPTransportError) -> ExitStatus {
        switch error {
        case .unreachable, .timeout, .tls: .unreachable
        case .invalidURL, .invalidRequest: .usage
        case .plaintextRefused: .refused
        case .bodyTooLarge, .protocolError, .aborted, .library: .failed
        }
    }

    private static func status(ofHTTP status: Int, code: String) -> ExitStatus {
        switch status {
        case _ where code == "integrity": .integrity
        case 404: .notFound
        case 400...499: .refused
        case 502, 503, 504: .unreachable
        default: .failed
        }
    }
}
