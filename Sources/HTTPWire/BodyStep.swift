/// What a body decoder found in the bytes it was given.
package enum BodyStep: Sendable, Equatable {
    /// Every byte was consumed and the body goes on.
    case needsMore
    /// Bytes of the body, at least one; they have been consumed.
    case payload(ByteRange)
    /// The body is complete; nothing after it was consumed.
    case end
}
