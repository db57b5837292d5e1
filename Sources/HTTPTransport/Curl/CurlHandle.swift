import CCurl

/// Sole owner of a `CURL *`: settings, connections kept alive, TLS sessions. Closes all of them when it ends.
@safe
struct CurlHandle: ~Copyable, @unchecked Sendable {  // may change threads between calls; one owner means one thread at a time
    private let handle: UnsafeMutableRawPointer

    /// - Throws: `.library`.
    init() throws(HTTPTransportError) {
        try HTTPTransportLibrary.initialize()
        guard let handle = unsafe curl_easy_init() else { throw .library(reason: "gave no handle") }
        unsafe self.handle = unsafe handle
    }

    borrowing func set(_ option: CURLoption, _ value: Int) throws(HTTPTransportError) {
        try check(option, unsafe tacit_curl_set_long(handle, option, value))
    }

    borrowing func set(_ option: CURLoption, offset value: Int) throws(HTTPTransportError) {
        try check(option, unsafe tacit_curl_set_offset(handle, option, curl_off_t(value)))
    }

    borrowing func set(_ option: CURLoption, _ value: String) throws(HTTPTransportError) {
        try check(option, unsafe tacit_curl_set_string(handle, option, value))
    }

    borrowing func set(_ option: CURLoption, blob value: [UInt8]) throws(HTTPTransportError) {
        try check(option, unsafe value.withUnsafeBytes { unsafe tacit_curl_set_blob(handle, option, $0.baseAddress, $0.count) })
    }

    /// Makes `transfer` the receiver of every callback until `reset`; the caller keeps it alive until then.
    borrowing func attach(_ transfer: Transfer) throws(HTTPTransportError) {
        let context = unsafe Unmanaged.passUnretained(transfer).toOpaque()
        for option in [CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_READDATA, CURLOPT_SEEKDATA, CURLOPT_XFERINFODATA] {
            try check(option, unsafe tacit_curl_set_context(handle, option, context))
        }
        try check(CURLOPT_WRITEFUNCTION, unsafe tacit_curl_set_write_function(handle, CurlCallbacks.write))
        try check(CURLOPT_HEADERFUNCTION, unsafe tacit_curl_set_header_function(handle, CurlCallbacks.header))
        try check(CURLOPT_READFUNCTION, unsafe tacit_curl_set_read_function(handle, CurlCallbacks.read))
        try check(CURLOPT_SEEKFUNCTION, unsafe tacit_curl_set_seek_function(handle, CurlCallbacks.seek))
        try check(CURLOPT_XFERINFOFUNCTION, unsafe tacit_curl_set_progress_function(handle, CurlCallbacks.progress))
    }

    /// Runs the transfer as set; blocks until it ends.
    /// - Parameter headers: lent to libcurl for the call.
    /// - Returns: the result, and for a failure libcurl's longer description, which for TLS holds names and texts of the peer.
    borrowing func perform(headers: borrowing CurlHeaderList) throws(HTTPTransportError) -> (code: CURLcode, detail: [UInt8]) {
        var detail = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        try unsafe headers.withList { list throws(HTTPTransportError) in
            try check(CURLOPT_HTTPHEADER, unsafe tacit_curl_set_list(handle, CURLOPT_HTTPHEADER, list))
        }
        let code = try unsafe detail.withUnsafeMutableBufferPointer { buffer throws(HTTPTransportError) in
            try check(CURLOPT_ERRORBUFFER, unsafe tacit_curl_set_error_buffer(handle, buffer.baseAddress))
            defer { unsafe _ = tacit_curl_set_error_buffer(handle, nil) }
            return unsafe curl_easy_perform(handle)
        }
        return (code, detail.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
    }

    /// Forgets every setting, and with them every pointer given to libcurl; connections stay open.
    borrowing func reset() {
        unsafe curl_easy_reset(handle)
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
    }

    private borrowing func check(_ option: CURLoption, _ code: CURLcode) throws(HTTPTransportError) {
        guard code == CURLE_OK else { throw .library(reason: "refused option \(option.rawValue): \(HTTPTransportLibrary.text(code))") }
    }
}
