/// Why guarded memory cannot be used.
package enum SecretMemoryError: Error, Equatable {
    /// libsodium could not initialise (no source of randomness).
    case libraryUnavailable
}
