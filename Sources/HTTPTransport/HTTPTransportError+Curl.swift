import CCurl

extension HTTPTransportError {
    /// What a failed `curl_easy_perform` means.
    /// - Parameter detail: libcurl's longer text; shown for TLS only, where it holds certificate names and no part of the request.
    init(_ code: CURLcode, detail: [UInt8], origin: HTTPOrigin) {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_PROXY:
            self = .unreachable(host: origin.description)
        case CURLE_OPERATION_TIMEDOUT:
            self = .timeout
        case CURLE_ABORTED_BY_CALLBACK:
            self = .aborted
        case CURLE_URL_MALFORMAT:
            self = .invalidURL(reason: HTTPTransportLibrary.text(code))
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CIPHER, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT, CURLE_SSL_CRL_BADFILE:
            self = .tls(reason: detail.isEmpty ? HTTPTransportLibrary.text(code) : Self.printable(detail))
        case CURLE_SEND_FAIL_REWIND:
            self = .protocolError(reason: "the kept connection was closed; whether the request was carried out is unknown")
        case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT, CURLE_BAD_FUNCTION_ARGUMENT, CURLE_UNKNOWN_OPTION, CURLE_NOT_BUILT_IN:
            self = .library(reason: HTTPTransportLibrary.text(code))
        default:
            self = .protocolError(reason: HTTPTransportLibrary.text(code))
        }
    }

    // A certificate's names are the peer's to choose: no control byte of theirs reaches a terminal.
    private static func printable(_ text: [UInt8]) -> String {
        String(decoding: text.prefix(200).map { (32...126).contains($0) ? $0 : 63 }, as: UTF8.self)
    }
}
