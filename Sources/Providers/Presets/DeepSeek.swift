import Model

extension ProviderPreset {
    /// DeepSeek. No path under this host is known to mint or list credentials with an API key.
    ///
    /// There is no SDK of its own; LangChain and LiteLLM read `DEEPSEEK_API_BASE`. The API answers with and without `/v1`.
    /// Sources: api-docs.deepseek.com; langchain-deepseek `chat_models.py`.
    static let deepSeek = ProviderPreset(
        name: "deepseek",
        title: "DeepSeek",
        baseURL: "https://api.deepseek.com",
        injection: .header(name: "authorization", prefix: "Bearer ", suffix: ""),
        probe: ProviderProbe("/models"),
        environment: [
            EnvironmentVariable("DEEPSEEK_API_BASE", .baseURL(suffix: "/v1")),
            EnvironmentVariable("DEEPSEEK_BASE_URL", .baseURL(suffix: "/v1")),
            EnvironmentVariable("DEEPSEEK_API_KEY", .token),
        ],
        enrolEnvironmentNames: ["DEEPSEEK_API_KEY"],
        keyPrefixHint: "sk-")
}
