import Glibc

/// Paths that stay right when the working directory changes.
enum AbsolutePath {
    /// `path` itself where it starts with `/`, else behind the working directory; `nil` where that is unknown.
    static func of(_ path: String) -> String? {
        if path.hasPrefix("/") { return path }
        guard let directory = unsafe getcwd(nil, 0) else { return nil }
        defer { unsafe free(directory) }
        return unsafe String(cString: directory) + "/" + path
    }
}
