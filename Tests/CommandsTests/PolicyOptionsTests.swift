import ArgumentParser
import Client
import Model
import Testing

@testable import Commands

@Suite struct PolicyOptionsTests {
    private func policy(_ words: [String]) throws -> SessionPolicy {
        try PolicyOptions.parse(words).policy()
    }

    @Test(arguments: [
        ["--max-requests", "0"], ["--rate", "5"], ["--rate", "0/s"], ["--rate", "5/d"], ["--burst", "5"], ["--idle", "1"],
        ["--methods", "G3T"],
        ["--paths", "v1"], ["--origins", "example.com"], ["--allow-minting", "/a?b"],
    ])
    func refuses(_ words: [String]) {
        #expect(throws: ClientError.self) { try policy(words) }
    }

    @Test func noOptionIsNoLimit() throws {
        #expect(try policy([]) == SessionPolicy())
    }

    @Test func everyLimitIsSet() throws {
        let made = try policy([
            "--paths", "/v1/b,/v1/a", "--methods", "post,GET", "--max-requests", "7", "--rate", "120/m", "--burst", "3", "--max-concurrent",
            "2",
            "--idle", "30m", "--origins", "https://app.example", "--allow-upgrade", "--allow-minting", "/v1/realtime/sessions",
        ])
        #expect(made.paths.map(\.text) == ["/v1/a", "/v1/b"] && made.methods == ["GET", "POST"])
        #expect(made.maximumRequests == 7 && made.rate == 2000 && made.burst == 3 && made.maximumConcurrent == 2)
        #expect(made.idleSeconds == 1800 && made.origins == ["https://app.example"] && made.allowsUpgrade)
        #expect(made.mintingPaths.map(\.text) == ["/v1/realtime/sessions"])
    }
}
