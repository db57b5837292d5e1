import FoundationEssentials

/// The certificates a client trusts beside, or together with, the system's.
enum TrustStore {
    private static let largestFile = 16 << 20  // bytes

    /// The system's bundle followed by the certificates of `caFile`, as PEM.
    ///
    /// CURLOPT_CAINFO would replace the bundle, so both go to libcurl in one CURLOPT_CAINFO_BLOB, read once when the client is made. A
    /// directory of certificates libcurl was built with stays in use beside it. A certificate that cannot be decoded fails the
    /// connection, with `.tls`.
    /// - Throws: `.tls` when `caFile` cannot be read, is larger than 16 MiB or holds no PEM certificate.
    static func systemBundle(adding caFile: String) throws(HTTPTransportError) -> [UInt8] {
        guard let added = read(caFile) else { throw .tls(reason: "the file of additional CA certificates cannot be read") }
        guard added.count <= largestFile, String(decoding: added, as: UTF8.self).contains("-----BEGIN CERTIFICATE-----") else {
            throw .tls(reason: "the file of additional CA certificates holds no PEM certificate")
        }
        var bundle = HTTPTransportLibrary.systemBundlePath.flatMap(read) ?? []
        bundle.append(10)  // a bundle that does not end in a line feed
        return bundle + added
    }

    private static func read(_ path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: path).map { Array($0) }
    }
}
