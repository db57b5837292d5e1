/// Why bytes were refused. Every case ends the connection it came from: what follows cannot be delimited safely.
///
/// No case carries bytes of the message. `code` is stable and may be shown to the peer.
/// Sources: RFC 9110, RFC 9112, RFC 3986; the sections stand where each case is thrown.
package enum HTTPWireError: Error, Equatable, Sendable, CaseIterable {
    // A head as a whole.
    case headTooLarge, tooManyHeaders, truncatedHead, emptyHead, bareCR, bareLF, controlByte
    // The request line.
    case badRequestLine, badMethod, connectNotSupported, badTarget, targetTooLong, badPercentEncoding
    case absoluteFormTarget, authorityFormTarget, asteriskFormTarget, badVersion, unsupportedVersion
    // The status line.
    case badStatusLine, badStatusCode
    // Header fields.
    case badHeaderName, headerNameTooLong, missingColon, spaceBeforeColon, foldedHeader
    case missingHost, duplicateHost, badHost
    case badConnectionOption, tooManyConnectionOptions, unsupportedExpectation
    // How the body is framed.
    case badContentLength, duplicateContentLength, contentLengthOverflow, twoFramings
    case badTransferEncoding, duplicateTransferEncoding, transferEncodingInHTTP10, bodyNotAllowed
    // The body.
    case badChunkSize, chunkSizeOverflow, badChunkExtension, chunkExtensionTooLong, badChunkEnd
    case badTrailer, trailersTooLarge, truncatedBody
    // Paths under a policy, and queries.
    case dotSegment, emptySegment, backslashInPath, encodedSlash, encodedControl, overlongEncoding, doubleEncoding
    // Our own output.
    case outputFull

    /// A stable name in lower case with underscores, for error bodies, logs and tests.
    package var code: String {
        switch self {
        case .headTooLarge: "head_too_large"
        case .tooManyHeaders: "too_many_headers"
        case .truncatedHead: "truncated_head"
        case .emptyHead: "empty_head"
        case .bareCR: "bare_cr"
        case .bareLF: "bare_lf"
        case .controlByte: "control_byte"
        case .badRequestLine: "bad_request_line"
        case .badMethod: "bad_method"
        case .connectNotSupported: "connect_not_supported"
        case .badTarget: "bad_target"
        case .targetTooLong: "target_too_long"
        case .badPercentEncoding: "bad_percent_encoding"
        case .absoluteFormTarget: "absolute_form_target"
        case .authorityFormTarget: "authority_form_target"
        case .asteriskFormTarget: "asterisk_form_target"
        case .badVersion: "bad_version"
        case .unsupportedVersion: "unsupported_version"
        case .badStatusLine: "bad_status_line"
        case .badStatusCode: "bad_status_code"
        case .badHeaderName: "bad_header_name"
        case .headerNameTooLong: "header_name_too_long"
        case .missingColon: "missing_colon"
        case .spaceBeforeColon: "space_before_colon"
        case .foldedHeader: "folded_header"
        case .missingHost: "missing_host"
        case .duplicateHost: "duplicate_host"
        case .badHost: "bad_host"
        case .badConnectionOption: "bad_connection_option"
        case .tooManyConnectionOptions: "too_many_connection_options"
        case .unsupportedExpectation: "unsupported_expectation"
        case .badContentLength: "bad_content_length"
        case .duplicateContentLength: "duplicate_content_length"
        case .contentLengthOverflow: "content_length_overflow"
        case .twoFramings: "two_framings"
        case .badTransferEncoding: "bad_transfer_encoding"
        case .duplicateTransferEncoding: "duplicate_transfer_encoding"
        case .transferEncodingInHTTP10: "transfer_encoding_in_http10"
        case .bodyNotAllowed: "body_not_allowed"
        case .badChunkSize: "bad_chunk_size"
        case .chunkSizeOverflow: "chunk_size_overflow"
        case .badChunkExtension: "bad_chunk_extension"
        case .chunkExtensionTooLong: "chunk_extension_too_long"
        case .badChunkEnd: "bad_chunk_end"
        case .badTrailer: "bad_trailer"
        case .trailersTooLarge: "trailers_too_large"
        case .truncatedBody: "truncated_body"
        case .dotSegment: "dot_segment"
        case .emptySegment: "empty_segment"
        case .backslashInPath: "backslash_in_path"
        case .encodedSlash: "encoded_slash"
        case .encodedControl: "encoded_control"
        case .overlongEncoding: "overlong_encoding"
        case .doubleEncoding: "double_encoding"
        case .outputFull: "output_full"
        }
    }
}
