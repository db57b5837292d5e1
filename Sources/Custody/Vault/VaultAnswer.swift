/// What a Vault answered: its status and the JSON document, whatever the status.
struct VaultAnswer: Sendable {
    let status: Int
    /// Seconds.
    let retryAfter: Int?
    /// `nil` for an empty body and for one that is not JSON.
    let json: JSONText?
    /// Whether there was a body at all.
    let hasBody: Bool

    var isSuccess: Bool { status == 200 || status == 204 }

    /// The texts under `errors`, in one line; empty where there are none.
    var errors: String {
        guard let json, let children = json.children(of: json.value("errors")) else { return "" }
        let text = children.compactMap { json.string($0.value) }.joined(separator: "; ")
        return VaultText.line(text)
    }

    /// Whether it has the form of Vault's answers.
    var isVaults: Bool {
        guard let json else { return !hasBody && status == 204 }
        return ["errors", "data", "auth", "initialized"].contains { json.value($0) != nil }
    }

    /// A cipher that refuses: no fault of the server, whatever status its generation gives it (500 before 1.10, 400 since).
    var isAuthenticationFailure: Bool { (status == 500 || status == 400) && errors.contains("message authentication failed") }
}

/// Texts of a peer, fit for a terminal.
enum VaultText {
    /// One line of printable ASCII, at most 200 characters.
    static func line(_ text: String) -> String {
        let words = text.split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
        return String(decoding: words.utf8.prefix(200).map { (32...126).contains($0) ? $0 : 63 }, as: UTF8.self)
    }
}
