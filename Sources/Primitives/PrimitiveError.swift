/// Why a primitive gave no result. Payloads are sizes only.
package enum PrimitiveError: Error, Equatable {
    /// Wrong key, or altered data, nonce or context; deliberately one case.
    case authenticationFailed
    /// An input or output has not the length the algorithm needs, in bytes.
    case invalidLength(expected: Int, actual: Int)
    /// Work factors outside the limits this module accepts.
    case invalidCost
    /// Bytes that are no usable public key of their kind.
    case invalidPublicKey
    /// The library refused for a reason that input does not explain (mostly: no memory).
    case libraryFailure
}
