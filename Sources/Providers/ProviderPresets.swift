package import Model

/// Every provider with a preset, and the environment of those without.
package enum ProviderPresets {
    /// In the order `--help` and Docs/PROVIDERS.md list them.
    package static let all: [ProviderPreset] = [
        .openAI, .anthropic, .gemini, .mistral, .groq, .openRouter, .deepSeek, .xAI, .together, .cohere,
    ]

    /// The provider name of keys enrolled with `tacit enroll custom`.
    package static let customName = "custom"

    /// The preset of that name; `nil` for `custom` and for unknown names.
    package static func named(_ name: String) -> ProviderPreset? {
        all.first { $0.name == name }
    }

    /// The preset whose key a `.env` file keeps under `environmentName`.
    package static func enrolling(environmentName: String) -> ProviderPreset? {
        all.first { $0.enrolEnvironmentNames.contains(environmentName) }
    }

    /// The variables set for a key: those of its preset, or for other providers `ALIAS_BASE_URL` and `ALIAS_API_KEY` with the alias in
    /// upper case, `-` as `_`, and `_` in front where it starts with a digit.
    package static func environment(provider: String, alias: Alias) -> [EnvironmentVariable] {
        if let preset = named(provider) { return preset.environment }
        var stem = alias.text.uppercased().replacing("-", with: "_")
        if stem.first?.isNumber == true { stem = "_" + stem }
        return [
            EnvironmentVariable(stem + "_BASE_URL", .baseURL(suffix: "")),
            EnvironmentVariable(stem + "_API_KEY", .token),
        ]
    }
}
