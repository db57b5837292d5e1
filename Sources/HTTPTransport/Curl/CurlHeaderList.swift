import CCurl
import Glibc
import SecretMemory

/// Sole owner of a `curl_slist` of header lines; wipes every line before it frees the list.
@safe
struct CurlHeaderList: ~Copyable {
    private var first: UnsafeMutablePointer<curl_slist>?

    init() {
        unsafe first = nil
    }

    /// Adds `name: value`. An empty value needs libcurl's own form for it: `name:` alone would remove a header.
    /// - Throws: `.library` when there is no memory.
    mutating func append(name: String, value: String) throws(HTTPTransportError) {
        try appendLine(value.isEmpty ? "\(name);" : "\(name): \(value)")
    }

    /// Keeps libcurl from sending a header of its own.
    /// - Throws: `.library` when there is no memory.
    mutating func suppress(_ name: String) throws(HTTPTransportError) {
        try appendLine("\(name):")
    }

    /// Adds a secret line; libcurl copies it to the heap, `deinit` wipes the copy.
    /// - Throws: `.library` when there is no memory.
    mutating func append(_ header: HTTPSecretHeader) throws(HTTPTransportError) {
        let list = unsafe first
        unsafe first = try unsafe header.withLine { line throws(HTTPTransportError) in
            let longer = unsafe line.withUnsafeBytes { bytes in
                unsafe curl_slist_append(list, bytes.baseAddress?.assumingMemoryBound(to: CChar.self))
            }
            guard let longer = unsafe longer else { throw .library(reason: "no memory for headers") }
            return unsafe longer
        }
    }

    /// Lends the list; it must not be kept.
    borrowing func withList<R>(
        _ body: (UnsafeMutablePointer<curl_slist>?) throws(HTTPTransportError) -> R
    ) throws(HTTPTransportError) -> R {
        try unsafe body(first)
    }

    deinit {
        var node = unsafe first
        while let current = unsafe node {
            if let line = unsafe current.pointee.data {
                unsafe wipe(UnsafeMutableRawBufferPointer(start: line, count: strlen(line)))
            }
            unsafe node = unsafe current.pointee.next
        }
        unsafe curl_slist_free_all(first)
    }

    private mutating func appendLine(_ line: String) throws(HTTPTransportError) {
        guard let longer = unsafe curl_slist_append(first, line) else { throw .library(reason: "no memory for headers") }
        unsafe first = unsafe longer
    }
}
