import Model

extension ProviderPreset {
    /// Mistral AI. No path under this host is known to mint or list credentials with an API key (keys are made in the console).
    ///
    /// The official SDK reads the key only and takes its address as `server_url`; LangChain reads `MISTRAL_BASE_URL` and LiteLLM
    /// `MISTRAL_API_BASE`, both with `/v1`.
    /// Sources: docs.mistral.ai/api; langchain-mistralai `chat_models.py`.
    static let mistral = ProviderPreset(
        name: "mistral",
        title: "Mistral AI",
        baseURL: "https://api.mistral.ai",
        injection: .header(name: "authorization", prefix: "Bearer ", suffix: ""),
        probe: ProviderProbe("/v1/models"),
        environment: [
            EnvironmentVariable("MISTRAL_BASE_URL", .baseURL(suffix: "/v1")),
            EnvironmentVariable("MISTRAL_API_BASE", .baseURL(suffix: "/v1")),
            EnvironmentVariable("MISTRAL_API_KEY", .token),
        ],
        enrolEnvironmentNames: ["MISTRAL_API_KEY"])
}
