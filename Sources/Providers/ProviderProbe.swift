/// The cheapest call that tells whether a provider takes a key: a `GET` that lists something and is charged for by nobody.
package struct ProviderProbe: Sendable, Hashable {
    /// Behind the preset's base URL, starting with `/`.
    package let path: String
    /// What the provider asks for besides the key.
    package let headers: [String: String]

    package init(_ path: String, headers: [String: String] = [:]) {
        self.path = path
        self.headers = headers
    }
}
