extension HTTPWireError {
    /// The status a server answers a client with when the client's bytes were refused for this reason.
    ///
    /// For bytes of an upstream the answer to the client is 502 whatever the reason; `outputFull` is our own limit.
    /// Sources: RFC 9110 section 15.5, RFC 6585 section 5 (431).
    package var requestStatus: UInt16 {
        switch self {
        case .headTooLarge, .tooManyHeaders, .headerNameTooLong, .trailersTooLarge, .outputFull: 431
        case .targetTooLong: 414
        case .unsupportedExpectation: 417
        case .unsupportedVersion: 505
        case .connectNotSupported: 501
        case .truncatedHead, .emptyHead, .bareCR, .bareLF, .controlByte, .badRequestLine, .badMethod, .badTarget, .badPercentEncoding,
            .absoluteFormTarget, .authorityFormTarget, .asteriskFormTarget, .badVersion, .badStatusLine, .badStatusCode, .badHeaderName,
            .missingColon, .spaceBeforeColon, .foldedHeader, .missingHost, .duplicateHost, .badHost, .badConnectionOption,
            .tooManyConnectionOptions, .badContentLength, .duplicateContentLength, .contentLengthOverflow, .twoFramings,
            .badTransferEncoding, .duplicateTransferEncoding, .transferEncodingInHTTP10, .bodyNotAllowed, .badChunkSize,
            .chunkSizeOverflow, .badChunkExtension, .chunkExtensionTooLong, .badChunkEnd, .badTrailer, .truncatedBody, .dotSegment,
            .emptySegment, .backslashInPath, .encodedSlash, .encodedControl, .overlongEncoding, .doubleEncoding:
            400
        }
    }
}
