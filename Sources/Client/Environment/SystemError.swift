import Glibc

/// Texts of errno values.
package enum SystemError {
    /// The C library's text for `code`.
    package static func text(_ code: Int32) -> String {
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}
