/// How long a Vault may take.
package struct VaultTimes: Sendable {
    /// For name, connection and TLS of one attempt.
    package var connectSeconds = 5
    /// For one attempt.
    package var callSeconds = 15
    /// After it no attempt of a call is begun; in seconds from the call's start.
    package var deadlineSeconds = 10.0
    /// Before the second attempt, on average; doubled for each further one.
    package var firstPauseSeconds = 0.1
    /// The longest pause.
    package var longestPauseSeconds = 3.0

    package init() {}

    /// As `VAULT_CLIENT_TIMEOUT` says for one attempt: `60`, `60s` or `1m`.
    /// - Returns: `nil` for anything but 1 to 300 seconds.
    init?(clientTimeout text: String) {
        let digits = text.hasSuffix("s") || text.hasSuffix("m") ? text.dropLast() : text[...]
        guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits) else {
            return nil
        }
        let seconds = text.hasSuffix("m") ? number * 60 : number
        guard (1...300).contains(seconds) else { return nil }
        callSeconds = seconds
        connectSeconds = min(connectSeconds, seconds)
    }

    /// Seconds before the next attempt: half fixed, half random, so that brokers do not come back together.
    /// - Parameters:
    ///   - attempt: 0 after the first one.
    ///   - retryAfter: what the server asked for, in seconds; 0 says nothing.
    func pause(after attempt: Int, retryAfter: Int?) -> Double {
        let usual = min(longestPauseSeconds, firstPauseSeconds * Double(1 << min(attempt, 20)))
        let jittered = usual * Double.random(in: 0.5...1.5)
        return max(jittered, Double(retryAfter ?? 0))
    }
}
