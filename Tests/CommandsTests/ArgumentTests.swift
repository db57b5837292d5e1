import ArgumentParser
import Client
import Model
import Testing

@testable import Commands

@Suite struct ArgumentTests {
    @Test(arguments: [
        ["nonsense"], ["enroll"], ["enroll", "nobody"], ["enroll", "custom"],
        ["enroll", "custom", "--alias", "a", "--base-url", "https://x.example"],
        ["enroll", "openai", "--inject-header", "A: {key}"], ["enroll", "openai", "--alias", "Not An Alias"],
        ["enroll", "openai", "--key-stdin", "--key-fd", "3"], ["enroll", "openai", "sk-key-as-an-argument"],
        ["unlock", "--print-token", "--token-file", "t"], ["unlock", "--label", ""], ["run"], ["run", "--"], ["run", "true"],
        ["revoke", "session", "short"], ["revoke", "key", "UPPER"], ["audit", "tail", "--last", "0"], ["env", "--format", "xml"],
        ["completions", "tcsh"], ["demo-provider"], ["demo-provider", "--key-stdin", "--key-fd", "3"], ["serve", "--unknown"],
        ["lock", "me"],
        ["account", "create", "Alice"],
        ["enroll", "custom", "--alias", "a", "--base-url", "https://x.example", "--inject-query", "k", "--inject-basic", "u"],
    ])
    func refuses(_ words: [String]) {
        #expect(throws: (any Error).self) { _ = try TacitCommand.parseAsRoot(words) }
    }

    @Test(arguments: [
        ["serve"], ["account", "create"], ["account", "create", "alice", "--invitation-stdin"],
        ["account", "recover", "alice", "--code-stdin"],
        ["account", "show", "--json"], ["invite"], ["enroll", "openai", "--key-stdin"],
        ["enroll", "custom", "--alias", "a", "--base-url", "https://x.example", "--inject-header", "A: {key}"], ["import", ".env"],
        ["keys", "--json"],
        ["unlock", "--keys", "a,b", "--ttl", "2s", "--paths", "/v1", "--methods", "GET", "--max-requests", "5", "--print-token"],
        ["lock", "--all"],
        ["run", "--keys", "a", "--as", "openai=a", "--", "env", "--print-token"], ["env", "--format", "json"], ["sessions"],
        ["revoke", "session", "AAAAAAAAAAAAAAAAAAAAAA"], ["revoke", "key", "openai"], ["usage", "--since", "7d", "--by", "day,session"],
        ["audit", "tail", "-n", "5"],
        ["status"], ["doctor"], ["demo-provider", "--key-fd", "3"], ["completions", "bash"], ["version"],
    ])
    func takes(_ words: [String]) throws {
        _ = try TacitCommand.parseAsRoot(words)
    }

    @Test func wordsBehindTheTerminatorAreTheChilds() throws {
        let run = try #require(try TacitCommand.parseAsRoot(["run", "--keys", "a", "--", "sh", "--keys", "-c", "x"]) as? RunCommand)
        #expect(run.command == ["sh", "--keys", "-c", "x"] && run.keys == "a")
    }

    @Test func everyCommandHelpsAndIsCompleted() {
        for words in [
            ["--help"], ["serve", "--help"], ["enroll", "--help"], ["unlock", "--help"], ["run", "--help"], ["help", "account", "create"],
        ] {
            #expect {
                var command = try TacitCommand.parseAsRoot(words)
                try command.run()
            } throws: { TacitCommand.exitCode(for: $0).isSuccess }
        }
        for shell in [CompletionShell.bash, .zsh, .fish] {
            #expect(TacitCommand.completionScript(for: shell).contains("demo-provider"))
        }
    }

    @Test(arguments: ["", "5", "h", "0h", "-1h", "1w", "1.5h", "99999999999999999999s", "+5h", "400000d"])
    func refusesASpanOfTime(_ text: String) {
        #expect(throws: ClientError.self) { try TimeText.seconds(text) }
    }

    @Test(arguments: [("2s", 2), ("30m", 1800), ("12h", 43_200), ("7d", 604_800)])
    func readsASpanOfTime(_ text: String, _ seconds: UInt64) throws {
        #expect(try TimeText.seconds(text) == seconds)
    }

    @Test func refusesAListWithABadAlias() {
        #expect(throws: ClientError.self) { try Arguments.aliases("openai,Not One") }
        #expect(throws: ClientError.self) { try Arguments.paths("/v1,relative") }
        #expect(throws: ClientError.self) { try Arguments.paths("/v1/../x") }
    }

    @Test func readsLists() throws {
        #expect(try Arguments.aliases("b, a,b,").map(\.text) == ["b", "a"])
        #expect(try Arguments.aliases(nil).isEmpty)
    }
}
