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
