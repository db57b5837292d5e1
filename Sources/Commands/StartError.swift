/// Why a broker or demo provider did not start. Texts are for people and end with the fix; none holds a secret.
package enum StartError: Error, Equatable, CustomStringConvertible {
    /// A setting that is unknown, malformed or contradicts another.
    case setting(String)
    /// A setting that would be unsafe, or a file that is not private enough.
    case refused(String)
    /// Something it depends on does not answer.
    case unreachable(String)
    /// Stored data that does not verify.
    case integrity(String)
    /// The operating system or a library gave up.
    case failed(String)

    package var description: String {
        switch self {
        case .setting(let text), .refused(let text), .unreachable(let text), .integrity(let text), .failed(let text): text
        }
    }
}
