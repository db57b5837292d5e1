package import Model

/// How the context of a session's entries ends (`tacit/session-entry/v1`): the session's own fields, in one piece of fixed size, so that
/// a session that is held by the hundred thousand needs no context for each of its keys.
package struct SessionEntryContextEnd: Sendable {
    /// Bytes: three fields of 5 bytes each and an id, a time and a digest.
    package static let count = 71

    package let bytes: InlineArray<71, UInt8>

    /// - Throws: `.malformed` for a digest that is not 32 bytes.
    package init(sessionID: SessionID, expiresAt: UInt64, policyDigest: Blob) throws(EnvelopeError) {
        let fields = [
            ContextField(.sessionID, sessionID), ContextField(.expiresAt, expiresAt), ContextField(.policyDigest, policyDigest),
        ]
        let encoded = fields.flatMap(\.encoded)
        guard encoded.count == Self.count else { throw .malformed("policy digest") }
        bytes = InlineArray { encoded[$0] }
    }
}
