import ArgumentParser
import Client
import Model

/// Everything an unlock can limit.
struct PolicyOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only these paths and what is below them, after the base path.", valueName: "/v1/chat,/v1/models"))
    var paths: String?

    @Option(help: ArgumentHelp("Only these methods.", valueName: "GET,POST"))
    var methods: String?

    @Option(help: ArgumentHelp("End after this many requests.", valueName: "n"))
    var maxRequests: UInt64?

    @Option(help: ArgumentHelp("Requests per second, minute or hour: 5/s, 100/m, 1000/h.", valueName: "n/s"))
    var rate: String?

    @Option(help: ArgumentHelp("Requests above the rate that may come at once.", valueName: "n"))
    var burst: UInt32?

    @Option(help: ArgumentHelp("Requests running at one time.", valueName: "n"))
    var maxConcurrent: UInt32?

    @Option(help: ArgumentHelp("End after this time without a call.", valueName: "30m"))
    var idle: String?

    @Option(help: ArgumentHelp("Browser origins that may call.", valueName: "https://app.example,…"))
    var origins: String?

    @Flag(help: "Allow WebSocket upgrades.")
    var allowUpgrade = false

    @Option(help: ArgumentHelp("Allow these paths although they hand out credentials.", valueName: "/v1/…"))
    var allowMinting: String?

    /// The policy, in its one canonical form.
    /// - Throws: `.invalidInput`.
    func policy() throws(ClientError) -> SessionPolicy {
        var policy = SessionPolicy()
        policy.methods = Arguments.words(methods).map { $0.uppercased() }
        policy.paths = try Arguments.paths(paths)
        policy.origins = Arguments.words(origins)
        if let maxRequests {
            guard maxRequests > 0 else { throw .invalidInput("--max-requests takes at least 1") }
            policy.maximumRequests = maxRequests
        }
        if let rate {
            policy.rate = try Self.perThousandSeconds(rate)
            policy.burst = max(burst ?? 1, 1)
        } else if burst != nil {
            throw .invalidInput("--burst needs --rate")
        }
        policy.maximumConcurrent = maxConcurrent ?? 0
        if let idle {
            guard let seconds = UInt32(exactly: try TimeText.seconds(idle)) else { throw .invalidInput("--idle is too long") }
            policy.idleSeconds = seconds
        }
        policy.allowsUpgrade = allowUpgrade
        policy.mintingPaths = try Arguments.paths(allowMinting)
        do { return try policy.canonical() } catch { throw .invalidInput(error.reason) }
    }

    private static func perThousandSeconds(_ text: String) throws(ClientError) -> UInt64 {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let spans: [Substring: UInt64] = ["s": 1, "m": 60, "h": 3600]
        guard parts.count == 2, let number = UInt64(parts[0]), number > 0, number <= 1_000_000, let span = spans[parts[1]] else {
            throw .invalidInput("--rate takes a number and a span: 5/s, 100/m, 1000/h")
        }
        return max(1, number * 1000 / span)
    }
}
