import Model

extension ProviderPreset {
    /// Groq. No path under this host is known to mint or list credentials with an API key.
    ///
    /// The SDK reads `GROQ_BASE_URL` without a path and adds `/openai/v1` itself.
    /// Sources: console.groq.com/docs/api-reference; groq-python `_client.py`.
    static let groq = ProviderPreset(
        name: "groq",
        title: "Groq",
        baseURL: "https://api.groq.com",
        injection: .header(name: "authorization", prefix: "Bearer ", suffix: ""),
        probe: ProviderProbe("/openai/v1/models"),
        environment: [
            EnvironmentVariable("GROQ_BASE_URL", .baseURL(suffix: "")),
            EnvironmentVariable("GROQ_API_KEY", .token),
        ],
        enrolEnvironmentNames: ["GROQ_API_KEY"],
        keyPrefixHint: "gsk_")
}
