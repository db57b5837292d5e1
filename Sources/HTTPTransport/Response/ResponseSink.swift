/// Takes the parts of one answer, on the transfer's thread.
protocol ResponseSink: AnyObject {
    associatedtype Output: Sendable

    /// Called once, before any body bytes.
    func begin(_ head: HTTPResponseHead)

    /// Called for each piece of the body; throwing ends the transfer with that error.
    func receive(_ bytes: RawSpan) throws(HTTPTransportError)

    /// What was gathered; called once, after a transfer without error.
    func finish() -> Output
}
