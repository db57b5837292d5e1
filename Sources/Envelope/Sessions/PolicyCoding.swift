package import Model

/// The canonical bytes of a session policy (`tacit/policy/v1`) and their digest, which the session's certificate and entries carry.
package enum PolicyCoding {
    /// Encodes a policy; order and repetition in its sets do not matter.
    /// - Throws: `.malformed` for a policy that breaks its own rules; `.tooLarge` above 65 536 bytes.
    package static func encode(_ policy: SessionPolicy) throws(EnvelopeError) -> ContextBytes {
        let policy = try canonical(policy)
        return try ContextBytes(
            .policy,
            [
                ContextField(.sessionKind, policy.kind.rawValue),
                ContextField(.methods, try FieldList.encode(texts: policy.methods)),
                ContextField(.pathPrefixes, try FieldList.encode(texts: policy.paths.map(\.text))),
                ContextField(.browserOrigins, try FieldList.encode(texts: policy.origins)),
                ContextField(.maximumRequests, policy.maximumRequests), ContextField(.rate, policy.rate),
                ContextField(.burst, policy.burst), ContextField(.maximumConcurrent, policy.maximumConcurrent),
                ContextField(.idleLimit, policy.idleSeconds), ContextField(.upgradeAllowed, policy.allowsUpgrade ? UInt8(1) : 0),
                ContextField(.mintingPaths, try FieldList.encode(texts: policy.mintingPaths.map(\.text))),
            ])
    }

    /// SHA-256 of the canonical bytes, 32 bytes.
    /// - Throws: as `encode`.
    package static func digest(_ policy: SessionPolicy) throws(EnvelopeError) -> Blob {
        Digest.of(try encode(policy).bytes)
    }

    /// Decodes canonical bytes, and nothing else.
    /// - Throws: `.malformed`, `.tooLarge`.
    package static func decode(_ bytes: [UInt8]) throws(EnvelopeError) -> SessionPolicy {
        let reader = try ContextReader(bytes, kind: .policy)
        guard let kind = SessionPolicy.Kind(rawValue: try reader.integer(.sessionKind)) else { throw .malformed("session kind") }
        var policy = SessionPolicy(kind: kind)
        policy.methods = try reader.texts(.methods)
        policy.paths = try paths(reader.texts(.pathPrefixes))
        policy.origins = try reader.texts(.browserOrigins)
        policy.maximumRequests = try reader.integer(.maximumRequests)
        policy.rate = try reader.integer(.rate)
        policy.burst = try reader.integer(.burst)
        policy.maximumConcurrent = try reader.integer(.maximumConcurrent)
        policy.idleSeconds = try reader.integer(.idleLimit)
        policy.allowsUpgrade = try reader.integer(.upgradeAllowed, as: UInt8.self) == 1
        policy.mintingPaths = try paths(reader.texts(.mintingPaths))
        guard try encode(policy).bytes == bytes else { throw .malformed("policy that is not in canonical form") }
        return policy
    }

    /// The policy with its sets sorted, checked against its own rules.
    static func canonical(_ policy: SessionPolicy) throws(EnvelopeError) -> SessionPolicy {
        do throws(ModelError) { return try policy.canonical() } catch { throw .malformed("policy: \(error.reason)") }
    }

    private static func paths(_ texts: [String]) throws(EnvelopeError) -> [PathPrefix] {
        var paths: [PathPrefix] = []
        for text in texts {
            guard let path = try? PathPrefix(text) else { throw .malformed("policy path") }
            paths.append(path)
        }
        return paths
    }
}
