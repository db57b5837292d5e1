import Model
import Providers
import Testing

@Suite struct ProviderPresetTests {
    @Test(arguments: ProviderPresets.all)
    func isComplete(_ preset: ProviderPreset) throws {
        #expect(Alias(preset.name) != nil, "the name is the default alias")
        #expect(preset.name != ProviderPresets.customName)
        #expect(ProviderPresets.named(preset.name) == preset)
        let destination = try preset.destination()
        #expect(destination.scheme == .https)
        #expect(destination.url == preset.baseURL, "the base URL has one form")
        #expect(!destination.allowsPrivateAddresses && !destination.allowsPlaintext)
        #expect(destination.deniedPrefixes.count == Set(preset.deniedPrefixes).count)
        #expect(try preset.injection.validated() == preset.injection)
        let probe = try PathPrefix(preset.probe.path)
        #expect(!destination.deniedPrefixes.contains { probe.text == $0.text || probe.text.hasPrefix($0.text + "/") }, "probes may pass")
        #expect(preset.environment.contains { $0.content == .token })
        #expect(preset.environment.contains { if case .baseURL = $0.content { true } else { false } })
        #expect(Set(preset.environment.map(\.name)).count == preset.environment.count)
        for variable in preset.environment {
            #expect(variable.name.utf8.allSatisfy { (65...90).contains($0) || (48...57).contains($0) || $0 == 95 })
            if case .baseURL(let suffix) = variable.content, !suffix.isEmpty { _ = try PathPrefix(suffix) }
        }
        #expect(!preset.enrolEnvironmentNames.isEmpty)
        for name in preset.enrolEnvironmentNames {
            #expect(ProviderPresets.enrolling(environmentName: name) == preset, "\(name) names two providers")
        }
    }

    @Test func noTwoPresetsSetOneVariable() {
        var owners: [String: String] = [:]
        for preset in ProviderPresets.all {
            for variable in preset.environment {
                #expect(owners.updateValue(preset.name, forKey: variable.name) == nil, "\(variable.name)")
            }
        }
    }

    @Test func unknownNamesHaveNoPreset() {
        #expect(ProviderPresets.named("custom") == nil)
        #expect(ProviderPresets.named("OpenAI") == nil)
        #expect(ProviderPresets.enrolling(environmentName: "DATABASE_URL") == nil)
    }

    @Test(arguments: [
        ("openai", "/v1/organization"), ("openai", "/v1/realtime/client_secrets"), ("openai", "/v1/realtime/sessions"),
        ("openai", "/v1/chatkit/sessions"), ("anthropic", "/v1/organizations"), ("gemini", "/v1alpha/auth_tokens"),
        ("gemini", "/v1beta/auth_tokens"), ("openrouter", "/api/v1/keys"), ("openrouter", "/api/v1/auth"),
        ("xai", "/v1/realtime/client_secrets"), ("xai", "/v1/api-key"),
    ])
    func deniesPathsThatMintOrListCredentials(_ name: String, _ path: String) throws {
        let preset = try #require(ProviderPresets.named(name))
        #expect(try preset.destination().deniedPrefixes.contains(try PathPrefix(path)))
    }

    @Test func refusesAnotherBaseURLThatIsNoDestination() throws {
        let preset = try #require(ProviderPresets.named("openai"))
        for url in ["http://api.example", "api.example", "https://user@api.example", "https://api.example/?x", "https://127.1/"] {
            #expect(throws: ModelError.self) { try preset.destination(baseURL: url) }
        }
    }

    @Test func anotherBaseURLKeepsTheDeniedPathsAlsoBehindAnOverlap() throws {
        let preset = try #require(ProviderPresets.named("openai"))
        let gateway = try preset.destination(baseURL: "https://gateway.example/openai/v1", allowsPrivateAddresses: true)
        #expect(gateway.allowsPrivateAddresses)
        #expect(gateway.deniedPrefixes.contains(try PathPrefix("/v1/organization")))
        #expect(gateway.deniedPrefixes.contains(try PathPrefix("/organization")))
        let plain = try preset.destination(baseURL: "https://gateway.example")
        #expect(!plain.deniedPrefixes.contains(try PathPrefix("/organization")))
    }

    @Test func keysWithoutAPresetGetVariablesNamedAfterTheAlias() throws {
        let alias = try #require(Alias("my-llm"))
        #expect(
            ProviderPresets.environment(provider: "custom", alias: alias) == [
                EnvironmentVariable("MY_LLM_BASE_URL", .baseURL(suffix: "")), EnvironmentVariable("MY_LLM_API_KEY", .token),
            ])
        let numbered = try #require(Alias("4all"))
        #expect(ProviderPresets.environment(provider: "custom", alias: numbered).first?.name == "_4ALL_BASE_URL")
    }

    @Test func theOpenAIBaseURLIsTheOneTheDesignFixes() throws {
        let preset = try #require(ProviderPresets.named("openai"))
        #expect(preset.environment.contains(EnvironmentVariable("OPENAI_BASE_URL", .baseURL(suffix: "/v1"))))
    }
}
