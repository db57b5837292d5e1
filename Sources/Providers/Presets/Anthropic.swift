import Model

extension ProviderPreset {
    /// Anthropic. Denied: the Admin API (organization members, workspaces, API keys), the Files and Messages APIs stay open.
    ///
    /// The SDKs read `ANTHROPIC_BASE_URL` without `/v1`. `ANTHROPIC_AUTH_TOKEN` makes them send a bearer token beside `x-api-key`, which
    /// Tacit would refuse as two credentials, so it is taken out of the child's environment.
    /// Sources: docs.anthropic.com/en/api/administration-api; anthropic-sdk-python `_client.py`.
    static let anthropic = ProviderPreset(
        name: "anthropic",
        title: "Anthropic",
        baseURL: "https://api.anthropic.com",
        injection: .header(name: "x-api-key", prefix: "", suffix: ""),
        deniedPrefixes: ["/v1/organizations", "/v1/oauth", "/api/oauth"],
        probe: ProviderProbe("/v1/models", headers: ["anthropic-version": "2023-06-01"]),
        environment: [
            EnvironmentVariable("ANTHROPIC_BASE_URL", .baseURL(suffix: "")),
            EnvironmentVariable("ANTHROPIC_API_KEY", .token),
            EnvironmentVariable("ANTHROPIC_AUTH_TOKEN", .removed),
            EnvironmentVariable("ANTHROPIC_ADMIN_API_KEY", .removed),
        ],
        enrolEnvironmentNames: ["ANTHROPIC_API_KEY", "CLAUDE_API_KEY"],
        keyPrefixHint: "sk-ant-")
}
