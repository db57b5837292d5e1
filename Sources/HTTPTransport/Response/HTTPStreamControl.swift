/// What the reader of a stream wants next.
package enum HTTPStreamControl: Sendable {
    case proceed
    /// Ends the call with `.aborted`.
    case stop
}
