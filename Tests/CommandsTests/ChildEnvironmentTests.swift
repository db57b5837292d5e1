import Client
import Model
import SecretMemory
import Testing

@testable import Commands

@Suite struct ChildEnvironmentTests {
    private func key(_ alias: String, _ provider: String) throws -> CachedToken.Key {
        CachedToken.Key(alias: try #require(Alias(alias)), provider: provider)
    }

    private func assignments(_ keys: [CachedToken.Key], _ choices: [String] = []) throws -> [String: ChildAssignment.Content] {
        let made = try ChildEnvironment.assignments(
            keys: keys, proxyURL: "http://127.0.0.1:8701", choices: ChildEnvironment.choices(choices))
        return Dictionary(uniqueKeysWithValues: made.map { ($0.name, $0.content) })
    }

    @Test func refusesTwoKeysOfOneProviderWithoutAChoice() throws {
        let error = #expect(throws: ClientError.self) { try assignments([key("work", "openai"), key("home", "openai")]) }
        #expect("\(try #require(error))".contains("--as openai="))
    }

    @Test(arguments: [["openai"], ["openai=Not"], ["openai=a=b"], ["openai=a", "openai=b"], ["nobody=work"], ["openai=missing"]])
    func refusesAChoice(_ choices: [String]) {
        #expect(throws: ClientError.self) { try assignments([key("work", "openai")], choices) }
    }

    @Test func aKeySetsItsProvidersVariables() throws {
        let made = try assignments([key("openai", "openai"), key("claude", "anthropic")])
        #expect(made["OPENAI_BASE_URL"] == .text("http://127.0.0.1:8701/openai/v1") && made["OPENAI_API_KEY"] == .token)
        #expect(made["ANTHROPIC_BASE_URL"] == .text("http://127.0.0.1:8701/claude") && made["ANTHROPIC_AUTH_TOKEN"] == .removed)
        #expect(made["GROQ_API_KEY"] == nil)
    }

    @Test func theKeyNamedLikeItsProviderWins() throws {
        let made = try assignments([key("work", "openai"), key("openai", "openai")])
        #expect(made["OPENAI_BASE_URL"] == .text("http://127.0.0.1:8701/openai/v1"))
    }

    @Test func aChoiceGivesVariablesToAnyKey() throws {
        let made = try assignments([key("local-llm", "custom"), key("openai", "openai")], ["openai=local-llm"])
        #expect(made["OPENAI_BASE_URL"] == .text("http://127.0.0.1:8701/local-llm/v1"))
        #expect(made["LOCAL_LLM_BASE_URL"] == .text("http://127.0.0.1:8701/local-llm") && made["LOCAL_LLM_API_KEY"] == .token)
    }

    @Test func textsQuoteTheirValues() throws {
        let token = unsafe SecretBytes(copying: Array("tct_x".utf8).span.bytes)
        let assignments = [
            ChildAssignment(name: "A", content: .text("it's \"here\"")), ChildAssignment(name: "B", content: .token),
            ChildAssignment(name: "C", content: .removed),
        ]
        func text(_ format: EnvCommand.Format) -> String {
            EnvironmentText.render(assignments, format: format, token: token).withBytes { bytes in
                unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
            }
        }
        #expect(text(.sh) == "export A='it'\\''s \"here\"'\nexport B='tct_x'\nunset C\n")
        #expect(text(.json) == "{\"A\":\"it's \\\"here\\\"\",\"B\":\"tct_x\"}\n")
        #expect(text(.dotenv).hasSuffix("B=tct_x\n"))
    }
}
