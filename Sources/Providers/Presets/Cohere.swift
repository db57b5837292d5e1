import Model

extension ProviderPreset {
    /// Cohere. No path under this host is known to mint or list credentials with an API key.
    ///
    /// The SDK reads `CO_API_URL` without a path and adds `/v1` or `/v2` itself.
    /// Sources: docs.cohere.com/reference; cohere-python `client.py`.
    static let cohere = ProviderPreset(
        name: "cohere",
        title: "Cohere",
        baseURL: "https://api.cohere.com",
        injection: .header(name: "authorization", prefix: "Bearer ", suffix: ""),
        probe: ProviderProbe("/v1/models"),
        environment: [
            EnvironmentVariable("CO_API_URL", .baseURL(suffix: "")),
            EnvironmentVariable("CO_API_KEY", .token),
            EnvironmentVariable("COHERE_API_KEY", .token),
        ],
        enrolEnvironmentNames: ["CO_API_KEY", "COHERE_API_KEY"])
}
