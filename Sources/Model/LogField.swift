/// The one list of what a log line may carry besides its fixed text. A field that is not here is dropped by the process's log handler.
///
/// Ids of ours, numbers, codes and the operator's own settings; never a name, path, header or body that a peer sent.
package enum LogField: String, CaseIterable, Sendable {
    // Calls and requests.
    case requestID = "request.id"
    case accountID = "account.id"
    case sessionID = "session.id"
    case keyID = "key.id"
    case keyVersion = "key.version"
    /// HTTP status.
    case status
    /// An error code of ours.
    case code
    case errorCode = "error.code"
    /// The name of a Swift type.
    case errorType = "error.type"
    case bytesUp = "bytes.up"
    case bytesDown = "bytes.down"
    case redactions
    case exposureMicroseconds = "exposure.us"
    case count
    case seconds
    // The store, the KEK and the process: what a library or the system reported about our own files and services.
    case storeReason = "store.reason"
    case kekReason = "kek.reason"
    case kekEpoch = "kek.epoch"
    /// URI without credentials.
    case kekCustody = "kek.custody"
    case reason
    case fix
    /// A stored row, as `table:id`.
    case row
    case rows
    case accounts
    case sessions
    case libraries
    // Settings of the operator.
    case host
    case port
    case path
    case control
    case proxy
    case socket
    case metrics

    /// Every name, for a log handler.
    package static let names = Set(allCases.map(\.rawValue))
}
