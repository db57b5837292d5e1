import Model

/// A policy in a few words.
enum PolicyText {
    /// `-` for none.
    static func text(_ policy: SessionPolicy) -> String {
        var parts: [String] = []
        if !policy.methods.isEmpty { parts.append(policy.methods.joined(separator: ",")) }
        if !policy.paths.isEmpty { parts.append(policy.paths.map(\.text).joined(separator: ",")) }
        if policy.maximumRequests > 0 { parts.append("\(policy.maximumRequests) requests") }
        if policy.rate > 0 { parts.append("\(policy.rate) per 1000 s") }
        if policy.maximumConcurrent > 0 { parts.append("\(policy.maximumConcurrent) at once") }
        if policy.idleSeconds > 0 { parts.append("idle \(policy.idleSeconds)s") }
        if !policy.origins.isEmpty { parts.append("origins \(policy.origins.joined(separator: ","))") }
        if policy.allowsUpgrade { parts.append("upgrade") }
        if !policy.mintingPaths.isEmpty { parts.append("minting \(policy.mintingPaths.map(\.text).joined(separator: ","))") }
        return parts.isEmpty ? "-" : parts.joined(separator: " ")
    }
}
