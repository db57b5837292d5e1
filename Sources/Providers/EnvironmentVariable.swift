/// One environment variable a provider's SDKs read, and what Tacit puts there for a child process.
package struct EnvironmentVariable: Sendable, Hashable {
    package enum Content: Sendable, Hashable {
        /// The data plane's address for the key, followed by `suffix` (empty, or a path such as `/v1`).
        case baseURL(suffix: String)
        /// The session token, where the SDK expects the API key.
        case token
        /// Taken out of the environment: an SDK that finds it would send another credential beside the token.
        case removed
    }

    package let name: String
    package let content: Content

    package init(_ name: String, _ content: Content) {
        self.name = name
        self.content = content
    }
}
