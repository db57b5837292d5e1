import CCurl

/// The one place where libcurl is initialised.
package enum HTTPTransportLibrary {
    private static let status = tacit_curl_global_init()

    /// The version of the linked library, as `7.88.1`.
    package static var version: String {
        guard let info = unsafe tacit_curl_version_info(), let text = unsafe info.pointee.version else { return "unknown" }
        return unsafe String(cString: text)
    }

    /// Initialises libcurl once per process and checks what this module needs of it: version 7.85 (protocols by name), TLS, Unix
    /// sockets, an initialisation safe beside other threads. Later calls return what the first found. `HTTPClient` calls it; a program
    /// calls it at its start to fail there.
    /// - Throws: `.library`.
    package static func initialize() throws(HTTPTransportError) {
        guard status == CURLE_OK, let info = unsafe tacit_curl_version_info() else {
            throw .library(reason: "could not be initialised")
        }
        guard unsafe info.pointee.version_num >= 0x07_55_00 else { throw .library(reason: "7.85 or later is needed") }
        let features = unsafe info.pointee.features
        for (feature, name) in [
            (CURL_VERSION_SSL, "TLS"), (CURL_VERSION_UNIX_SOCKETS, "Unix sockets"), (CURL_VERSION_THREADSAFE, "thread safety"),
        ] where features & feature == 0 {
            throw .library(reason: "was built without \(name)")
        }
    }

    /// The certificate bundle libcurl was built to trust; `nil` where it only has a directory or none.
    static var systemBundlePath: String? {
        guard let info = unsafe tacit_curl_version_info(), let path = unsafe info.pointee.cainfo else { return nil }
        return unsafe String(cString: path)
    }

    /// libcurl's text for a result; constant texts only, nothing of a request.
    static func text(_ code: CURLcode) -> String {
        guard let text = unsafe curl_easy_strerror(code) else { return "error \(code.rawValue)" }
        return unsafe String(cString: text)
    }
}
