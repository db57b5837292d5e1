package import Model

/// How a user names an account: `name`, or `name@id` to insist on the identity behind it.
package struct AccountReference: Hashable, Sendable, CustomStringConvertible {
    package let name: AccountName
    /// The 22-character id the user already knows; `nil` leaves it to `known_accounts`.
    package let id: AccountID?

    package init(name: AccountName, id: AccountID? = nil) {
        self.name = name
        self.id = id
    }

    /// Reads either form. A name may hold `@` itself, so only a last part that is a complete id counts as one.
    /// - Throws: `.invalidInput`.
    package init(parsing text: String) throws(ClientError) {
        if let at = text.lastIndex(of: "@"), let id = AccountID(text: text[text.index(after: at)...]), let name = AccountName(text[..<at]) {
            self.init(name: name, id: id)
        } else if let name = AccountName(text) {
            self.init(name: name)
        } else {
            throw .invalidInput("\(text.debugDescription) is no account: write NAME or NAME@ID; a name is 1 to 64 of a-z, 0-9 and ._@+-")
        }
    }

    package var description: String { id.map { "\(name)@\($0)" } ?? name.text }
}
