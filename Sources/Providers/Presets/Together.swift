import Model

extension ProviderPreset {
    /// Together AI. Denied: key management.
    ///
    /// The SDK reads `TOGETHER_BASE_URL` with `/v1`.
    /// Sources: docs.together.ai/reference; together-python `_client.py`.
    static let together = ProviderPreset(
        name: "together",
        title: "Together AI",
        baseURL: "https://api.together.xyz",
        injection: .header(name: "authorization", prefix: "Bearer ", suffix: ""),
        deniedPrefixes: ["/v1/api-keys", "/v1/api_keys"],
        probe: ProviderProbe("/v1/models"),
        environment: [
            EnvironmentVariable("TOGETHER_BASE_URL", .baseURL(suffix: "/v1")),
            EnvironmentVariable("TOGETHER_API_KEY", .token),
        ],
        enrolEnvironmentNames: ["TOGETHER_API_KEY", "TOGETHERAI_API_KEY"])
}
