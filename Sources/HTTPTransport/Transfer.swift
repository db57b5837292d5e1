/// One request on its way: what goes out, what came in, and why it ended. Lives on its transfer's thread.
final class Transfer {
    var upload: UploadSource
    let cancellation: CancellationFlag
    /// Set with the final answer's last header line.
    private(set) var head: HTTPResponseHead?
    /// What ended the transfer from our side.
    private(set) var failure: HTTPTransportError?

    private var parser = ResponseHeadParser()
    private let sink: any ResponseSink

    init(upload: consuming UploadSource, sink: any ResponseSink, cancellation: CancellationFlag) {
        self.upload = upload
        self.sink = sink
        self.cancellation = cancellation
    }

    /// - Returns: whether to go on.
    func receiveHeader(_ line: RawSpan) -> Bool {
        let bytes = unsafe line.withUnsafeBytes { unsafe Array($0) }
        do throws(HTTPTransportError) {
            if let final = try parser.consume(bytes) {
                head = final
                sink.begin(final)
            }
            return true
        } catch {
            failure = error
            return false
        }
    }

    /// - Returns: whether to go on.
    func receiveBody(_ piece: RawSpan) -> Bool {
        // The progress callback comes once a second; a cancelled stream is not handed another piece meanwhile.
        guard !cancellation.isSet else {
            failure = .aborted
            return false
        }
        do throws(HTTPTransportError) {
            try sink.receive(piece)
            return true
        } catch {
            failure = error
            return false
        }
    }
}
