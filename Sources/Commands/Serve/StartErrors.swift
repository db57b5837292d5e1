import BlindProxy
import Broker
import ControlAPI
import Custody
import HTTPTransport
import Primitives
import Store

/// What the modules say when they cannot start, as one kind of error with a status.
enum StartErrors {
    /// Runs a step of the start.
    static func catching<R, E: Error>(_ step: () throws(E) -> R) throws(StartError) -> R {
        do { return try step() } catch { throw make(error) }
    }

    /// Runs an asynchronous step of the start.
    static func catching<R, E: Error>(_ step: () async throws(E) -> R) async throws(StartError) -> R {
        do { return try await step() } catch { throw make(error) }
    }

    static func make(_ error: any Error) -> StartError {
        switch error {
        case let error as StartError: error
        case let error as StoreError: make(error)
        case let error as CustodyError: make(error)
        case let error as ProxyStartError: make(error)
        case let error as ControlStartError: make(error)
        case let error as OriginError: .setting("--origin: \(error)")
        case let error as BrokerConfigurationError: .refused("--registration: \(error)")
        case let error as BrokerError: error.status == 503 ? .unreachable(error.message) : .failed(error.message)
        default: .failed("the broker ended: \(error)")
        }
    }

    private static func make(_ error: StoreError) -> StartError {
        switch error {
        case .integrity(let fault): .integrity("a stored row does not verify: \(fault)")
        case .corrupt(let reason):
            .integrity("the database is damaged: \(reason)\nrestore a backup, or start with another --data directory")
        case .full: .failed("no space is left for the database")
        case .unavailable(let reason): .refused("the database cannot be used: \(reason)")
        default: .failed("the database cannot be used: \(error)")
        }
    }

    private static func make(_ error: CustodyError) -> StartError {
        switch error {
        case .unreachable(let reason): .unreachable("the key encryption key cannot be reached: \(reason)")
        case .integrity: .integrity("the KEK does not fit this database\ngive the right one with --kek URI")
        case .misconfigured(let reason): .refused(reason)
        case .unknownVersion(let version): .integrity("the KEK lacks version \(version)\ngive the right one with --kek URI")
        case .tooLarge(let bytes): .failed("something of \(bytes) bytes is too large for the KEK")
        }
    }

    private static func make(_ error: ProxyStartError) -> StartError {
        switch error {
        case .tlsFile(let reason), .configuration(let reason): .setting(reason)
        case .bind(let reason): .failed("--proxy: \(reason)")
        }
    }

    private static func make(_ error: ControlStartError) -> StartError {
        .failed("\(error)")
    }
}
