import CCurl

/// Everything libcurl is told for one request; the same for each request of a client but for the request itself.
struct TransferSettings: Sendable {
    let origin: HTTPOrigin
    /// PEM; `nil` for the system's trust alone.
    let trust: [UInt8]?
    /// 1 to 86 400.
    let connectTimeoutSeconds: Int
    /// 1 to 86 400.
    let timeoutSeconds: Int

    /// Sets a handle that is fresh or reset.
    /// - Parameter endless: limits silence instead of the whole time: a stream may last.
    func apply(to handle: borrowing CurlHandle, _ request: HTTPRequest, uploadCount: Int?, endless: Bool) throws(HTTPTransportError) {
        try applyDestination(to: handle, path: request.path)
        try applyLimits(to: handle, endless: endless)
        try applyTrust(to: handle)
        try handle.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        try handle.set(CURLOPT_USERAGENT, "tacit")
        if request.method == "HEAD" {
            try handle.set(CURLOPT_NOBODY, 1)
        } else if let uploadCount {
            // UPLOAD and not POST: it adds no Content-Type of its own.
            try handle.set(CURLOPT_UPLOAD, 1)
            try handle.set(CURLOPT_INFILESIZE_LARGE, offset: uploadCount)
        }
        try handle.set(CURLOPT_CUSTOMREQUEST, request.method)
        // libcurl sends a request again when a kept connection proves dead. It asks to go back in the body first, which UploadSource
        // refuses where a repetition could act twice; without body bytes nobody asks, so such a request gets a new connection.
        if !request.isIdempotent, (uploadCount ?? 0) == 0 { try handle.set(CURLOPT_FRESH_CONNECT, 1) }
    }

    private func applyDestination(to handle: borrowing CurlHandle, path: String) throws(HTTPTransportError) {
        switch origin.endpoint {
        case .unix(let socket):
            try handle.set(CURLOPT_UNIX_SOCKET_PATH, socket)
            try handle.set(CURLOPT_URL, "http://localhost\(path)")
        case .http, .https:
            try handle.set(CURLOPT_URL, origin.loginOrigin + path)
        }
        // An empty proxy overrides the environment; otherwise libcurl reads http_proxy, HTTPS_PROXY, NO_PROXY and their kin itself.
        if origin.isLocal { try handle.set(CURLOPT_PROXY, "") }
        try handle.set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))  // a proxy sees none of our headers on its CONNECT
        try handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        try handle.set(CURLOPT_PATH_AS_IS, 1)
        try handle.set(CURLOPT_PROTOCOLS_STR, origin.isTLS ? "https" : "http")
        try handle.set(CURLOPT_REDIR_PROTOCOLS_STR, origin.isTLS ? "https" : "http")
        try handle.set(CURLOPT_FOLLOWLOCATION, 0)
        try handle.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        try handle.set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        try handle.set(CURLOPT_HTTP09_ALLOWED, 0)
    }

    private func applyLimits(to handle: borrowing CurlHandle, endless: Bool) throws(HTTPTransportError) {
        try handle.set(CURLOPT_NOSIGNAL, 1)
        try handle.set(CURLOPT_NOPROGRESS, 0)
        try handle.set(CURLOPT_CONNECTTIMEOUT, connectTimeoutSeconds)
        if endless {
            try handle.set(CURLOPT_LOW_SPEED_LIMIT, 1)  // bytes a second
            try handle.set(CURLOPT_LOW_SPEED_TIME, timeoutSeconds)
        } else {
            try handle.set(CURLOPT_TIMEOUT, timeoutSeconds)
        }
    }

    private func applyTrust(to handle: borrowing CurlHandle) throws(HTTPTransportError) {
        guard origin.isTLS else { return }
        try handle.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        try handle.set(CURLOPT_SSL_VERIFYPEER, 1)
        try handle.set(CURLOPT_SSL_VERIFYHOST, 2)
        if let trust { try handle.set(CURLOPT_CAINFO_BLOB, blob: trust) }
    }
}
