import Model

extension ProviderPreset {
    /// xAI. Denied: ephemeral secrets for its Realtime API, and the description of the key itself (`/v1/api-key`: owner, name, rights).
    /// Keys are managed on another host, which this destination does not reach.
    ///
    /// The xAI SDK speaks gRPC and is not served; clients of the REST API set a base URL with `/v1`.
    /// Sources: docs.x.ai/docs/api-reference ("API key", "Realtime: client secrets").
    static let xAI = ProviderPreset(
        name: "xai",
        title: "xAI",
        baseURL: "https://api.x.ai",
        injection: .header(name: "authorization", prefix: "Bearer ", suffix: ""),
        deniedPrefixes: ["/v1/api-key", "/v1/api-keys", "/v1/realtime/client_secrets", "/v1/realtime/sessions"],
        probe: ProviderProbe("/v1/models"),
        environment: [
            EnvironmentVariable("XAI_BASE_URL", .baseURL(suffix: "/v1")),
            EnvironmentVariable("XAI_API_BASE", .baseURL(suffix: "/v1")),
            EnvironmentVariable("XAI_API_KEY", .token),
        ],
        enrolEnvironmentNames: ["XAI_API_KEY", "GROK_API_KEY"],
        keyPrefixHint: "xai-")
}
