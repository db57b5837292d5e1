package import SecretMemory

/// An answer whose body is a secret, whatever its status.
package struct HTTPSecretResponse: Sendable {
    package let head: HTTPResponseHead
    /// The body in guarded memory, to be taken once; `nil` for an empty one.
    package let body: SecretBox?

    package var status: Int { head.status }
    package var headers: [(String, String)] { head.headers }
}
