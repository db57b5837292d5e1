import SecretMemory

/// One call to a Vault.
struct VaultRequest: Sendable {
    enum Body: Sendable {
        case none
        /// JSON.
        case plain([UInt8])
        /// JSON with a secret in it; copied for each attempt.
        case secret(VaultSecret)
    }

    var method = "POST"
    /// Without `/v1/`: `transit/encrypt/tacit`.
    let path: String
    var body = Body.none
    /// Whether the answer holds a secret, so that it is read into guarded memory over a connection of its own.
    var hasSecretAnswer = false
    /// Whether doing it twice does no harm; else an attempt that may have arrived is not repeated.
    var mayRepeat = true

    static func get(_ path: String, hasSecretAnswer: Bool = false) -> VaultRequest {
        VaultRequest(method: "GET", path: path, hasSecretAnswer: hasSecretAnswer)
    }

    /// A call with a JSON text that holds no secret.
    static func post(_ path: String, _ json: String) -> VaultRequest { VaultRequest(path: path, body: .plain(Array(json.utf8))) }
}
