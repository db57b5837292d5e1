/// The outcome a vector asks for.
package enum VectorExpectation: Hashable, Sendable {
    /// The operation gives the outputs in the file.
    case success
    /// The operation refuses, with the error case of this name.
    case failure(String)

    init(parsing text: String) throws(VectorError) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        if words == ["success"] {
            self = .success
        } else if words.count == 2, words[0] == "failure", !words[1].isEmpty {
            self = .failure(String(words[1]))
        } else {
            throw VectorError("expect must be 'success' or 'failure REASON', not '\(text)'")
        }
    }
}
