import Model

extension ProviderPreset {
    /// OpenRouter. Denied: key management (`/api/v1/keys` makes and lists keys) and the exchange of an authorization code for a key.
    ///
    /// `OPENROUTER_BASE_URL` and LangChain's and LiteLLM's `OPENROUTER_API_BASE` carry the whole path, `/api/v1`.
    /// Sources: openrouter.ai/docs/api-reference ("API keys", "Authentication: exchange authorization code").
    static let openRouter = ProviderPreset(
        name: "openrouter",
        title: "OpenRouter",
        baseURL: "https://openrouter.ai",
        injection: .header(name: "authorization", prefix: "Bearer ", suffix: ""),
        deniedPrefixes: ["/api/v1/keys", "/api/v1/auth", "/api/v1/provisioning"],
        probe: ProviderProbe("/api/v1/key"),
        environment: [
            EnvironmentVariable("OPENROUTER_BASE_URL", .baseURL(suffix: "/api/v1")),
            EnvironmentVariable("OPENROUTER_API_BASE", .baseURL(suffix: "/api/v1")),
            EnvironmentVariable("OPENROUTER_API_KEY", .token),
        ],
        enrolEnvironmentNames: ["OPENROUTER_API_KEY"],
        keyPrefixHint: "sk-or-")
}
