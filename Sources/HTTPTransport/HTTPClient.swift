import CCurl
import Synchronization

/// A small HTTP/1.1 client for one origin, over libcurl. For the CLI, key custody and token endpoints; the proxy's hot path has its own.
///
/// Redirects, cookies, netrc, HTTP/0.9 and content codings are off, TLS starts at 1.2 with peer and host verified. Proxies of the
/// environment (`http_proxy`, `HTTPS_PROXY`, `NO_PROXY`, …) are honoured except for Unix sockets and loopback. Blocking calls run on
/// threads of their own (`TransferThread`). Sequential requests reuse one handle and its kept connection; concurrent ones get a handle
/// each, closed after use. After a request or answer with a secret *body* the handle is closed too, so that libcurl and OpenSSL keep
/// no buffer it passed through. Cancelling the task ends a transfer within about a second; the call returns when it has ended.
package final class HTTPClient: Sendable {
    package let origin: HTTPOrigin
    private let settings: TransferSettings
    private let secretHeaders: [HTTPSecretHeader]
    private let bodyLimitBytes: Int
    private let allowsPlaintext: Bool
    private let idle = Mutex<CurlHandle?>(nil)

    /// Opens no connection yet.
    /// - Parameters:
    ///   - caFile: a PEM file of certificates trusted in addition to the system's; read now.
    ///   - connectTimeoutSeconds: for name, connection and TLS handshake together; held within 1 to 86 400.
    ///   - timeoutSeconds: for a whole call, connection included; for a stream the longest silence. Held within 1 to 86 400.
    ///   - bodyLimitBytes: of a gathered answer; streams have no limit.
    ///   - secretHeaders: sent with every request.
    ///   - insecureAllowPlaintext: lets secret headers and bodies go over `http:` to another machine.
    /// - Throws: `.library`, `.tls` for an unusable `caFile`.
    package init(
        origin: HTTPOrigin, caFile: String? = nil, connectTimeoutSeconds: Int = 10, timeoutSeconds: Int = 60,
        bodyLimitBytes: Int = 4 << 20, secretHeaders: [HTTPSecretHeader] = [], insecureAllowPlaintext: Bool = false
    ) throws(HTTPTransportError) {
        try HTTPTransportLibrary.initialize()
        self.origin = origin
        self.settings = TransferSettings(
            origin: origin, trust: try caFile.map { path throws(HTTPTransportError) in try TrustStore.systemBundle(adding: path) },
            connectTimeoutSeconds: min(max(connectTimeoutSeconds, 1), 86_400), timeoutSeconds: min(max(timeoutSeconds, 1), 86_400))
        self.secretHeaders = secretHeaders
        self.bodyLimitBytes = max(bodyLimitBytes, 0)
        self.allowsPlaintext = insecureAllowPlaintext
    }

    /// Sends `request` and gathers the answer, of whatever status.
    package func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
        let limit = bodyLimitBytes
        let (head, body) = try await run(request) { BufferSink(limit: limit) }
        return HTTPResponse(head: head, body: body)
    }

    /// Sends `request` and gathers the answer's body in guarded memory, an error's body too.
    /// libcurl's receive buffer (16 KiB) and the TLS record it came in are freed when the call ends, and wiped by the executable's `free`.
    package func sendForSecret(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPSecretResponse {
        let limit = bodyLimitBytes
        let (head, body) = try await run(request, secretAnswer: true) { SecretSink(limit: limit) }
        return HTTPSecretResponse(head: head, body: body)
    }

    /// Sends `request` and hands the answer on as it arrives.
    /// - Parameters:
    ///   - onHead: called once, before any bytes, on the transfer's thread.
    ///   - onBytes: called with each piece (at most 16 KiB, one or more HTTP chunks as they came), on the same thread; while it runs
    ///     nothing more is read from the peer.
    /// - Returns: the head, when the body has ended well.
    /// - Throws: also after pieces were handed on, when the body ends early; `.aborted` when `onBytes` asks to stop.
    package func stream(
        _ request: HTTPRequest, onHead: @escaping @Sendable (HTTPResponseHead) -> Void = { _ in },
        onBytes: @escaping @Sendable ([UInt8]) -> HTTPStreamControl
    ) async throws(HTTPTransportError) -> HTTPResponseHead {
        try await run(request, endless: true) { StreamSink(onHead: onHead, onBytes: onBytes) }.0
    }

    private func run<S: ResponseSink>(
        _ request: HTTPRequest, endless: Bool = false, secretAnswer: Bool = false, _ makeSink: @escaping @Sendable () -> S
    ) async throws(HTTPTransportError) -> (HTTPResponseHead, S.Output) {
        try request.check()
        var hasSecretBody = secretAnswer
        if case .secret = request.body { hasSecretBody = true }
        let carriesSecret = hasSecretBody || !secretHeaders.isEmpty || !request.secretHeaders.isEmpty
        guard !carriesSecret || allowsPlaintext || !origin.isPlaintextOnNetwork else {
            throw .plaintextRefused(host: origin.description)
        }
        let cancellation = CancellationFlag()
        let keeps = !hasSecretBody
        let result: Result<(HTTPResponseHead, S.Output), HTTPTransportError> = await withTaskCancellationHandler {
            await TransferThread.run {
                Result { () throws(HTTPTransportError) in
                    let sink = makeSink()
                    let head = try self.transfer(request, into: sink, endless: endless, keepsHandle: keeps, cancellation)
                    return (head, sink.finish())
                }
            }
        } onCancel: {
            cancellation.set()
        }
        return try result.get()
    }

    private func transfer(
        _ request: HTTPRequest, into sink: any ResponseSink, endless: Bool, keepsHandle: Bool, _ cancellation: CancellationFlag
    ) throws(HTTPTransportError) -> HTTPResponseHead {
        let upload = try UploadSource(request.body, mayRepeat: request.isIdempotent)
        guard !cancellation.isSet else { throw .aborted }
        let uploadCount = upload.isPresent ? upload.count : nil
        let headers = try headerList(request)
        let transfer = Transfer(upload: upload, sink: sink, cancellation: cancellation)
        defer { withExtendedLifetime(transfer) {} }
        let handle = try takeHandle(fresh: !keepsHandle)
        try settings.apply(to: handle, request, uploadCount: uploadCount, endless: endless)
        try handle.attach(transfer)
        let (code, detail) = try handle.perform(headers: headers)
        if let failure = transfer.failure { throw failure }
        guard code == CURLE_OK else { throw HTTPTransportError(code, detail: detail, origin: origin) }
        guard let head = transfer.head else { throw .protocolError(reason: "no header section") }
        if keepsHandle { keep(handle) }
        return head
    }

    private func headerList(_ request: HTTPRequest) throws(HTTPTransportError) -> CurlHeaderList {
        var list = CurlHeaderList()
        try list.suppress("Expect")  // libcurl would wait a second for a 100 before a body over 1 MiB
        for (name, value) in request.headers { try list.append(name: name, value: value) }
        for header in secretHeaders { try list.append(header) }
        for header in request.secretHeaders { try list.append(header) }
        return list
    }

    private func takeHandle(fresh: Bool) throws(HTTPTransportError) -> CurlHandle {
        if !fresh, let kept = idle.withLock({ $0.take() }) { return kept }
        return try CurlHandle()
    }

    private func keep(_ handle: consuming CurlHandle) {
        handle.reset()
        var kept: CurlHandle? = handle
        idle.withLock { slot in
            if slot == nil { slot = kept.take() }
        }
    }
}
