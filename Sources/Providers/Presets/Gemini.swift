import Model

extension ProviderPreset {
    /// Google Gemini (Developer API, not Vertex AI). Denied: ephemeral tokens for the Live API, in every API version.
    ///
    /// The google-genai SDKs read `GOOGLE_GEMINI_BASE_URL` and add `/v1beta` themselves; of the two key names they take `GOOGLE_API_KEY`
    /// first. `GOOGLE_GENAI_USE_VERTEXAI` would send them to another host.
    /// Sources: ai.google.dev/gemini-api/docs/ephemeral-tokens; python-genai `_base_url.py` and `_api_client.py`.
    static let gemini = ProviderPreset(
        name: "gemini",
        title: "Google Gemini",
        baseURL: "https://generativelanguage.googleapis.com",
        injection: .header(name: "x-goog-api-key", prefix: "", suffix: ""),
        deniedPrefixes: ["/v1/auth_tokens", "/v1alpha/auth_tokens", "/v1beta/auth_tokens", "/v1main/auth_tokens"],
        probe: ProviderProbe("/v1beta/models"),
        environment: [
            EnvironmentVariable("GOOGLE_GEMINI_BASE_URL", .baseURL(suffix: "")),
            EnvironmentVariable("GEMINI_API_KEY", .token),
            EnvironmentVariable("GOOGLE_API_KEY", .token),
            EnvironmentVariable("GOOGLE_GENAI_USE_VERTEXAI", .removed),
        ],
        enrolEnvironmentNames: ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY"],
        keyPrefixHint: "AIza")
}
