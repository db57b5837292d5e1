/// One change to a child's environment.
struct ChildAssignment: Hashable {
    enum Content: Hashable {
        case text(String)
        /// The session token.
        case token
        case removed
    }

    let name: String
    let content: Content
}
