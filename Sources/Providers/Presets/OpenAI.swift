import Model

extension ProviderPreset {
    /// OpenAI. Denied: the administration API (users, projects, admin keys), the endpoints that mint ephemeral client secrets for
    /// browsers (Realtime, ChatKit), and the retired dashboard API.
    ///
    /// The SDKs read `OPENAI_BASE_URL` (with `/v1`); LangChain and the SDK before 1.0 read `OPENAI_API_BASE`, which would win over it.
    /// Sources: platform.openai.com/docs/api-reference ("Administration", "Realtime: client secrets", "ChatKit: sessions");
    /// openai-python `_client.py`.
    static let openAI = ProviderPreset(
        name: "openai",
        title: "OpenAI",
        baseURL: "https://api.openai.com",
        injection: .header(name: "authorization", prefix: "Bearer ", suffix: ""),
        deniedPrefixes: [
            "/v1/organization", "/v1/organizations", "/v1/projects", "/v1/realtime/client_secrets", "/v1/realtime/sessions",
            "/v1/realtime/transcription_sessions", "/v1/realtime/translations/client_secrets", "/v1/chatkit/sessions", "/v1/dashboard",
            "/dashboard",
        ],
        probe: ProviderProbe("/v1/models"),
        environment: [
            EnvironmentVariable("OPENAI_BASE_URL", .baseURL(suffix: "/v1")),
            EnvironmentVariable("OPENAI_API_BASE", .baseURL(suffix: "/v1")),
            EnvironmentVariable("OPENAI_API_KEY", .token),
            EnvironmentVariable("OPENAI_ADMIN_KEY", .removed),
        ],
        enrolEnvironmentNames: ["OPENAI_API_KEY"],
        keyPrefixHint: "sk-")
}
