package import SecretMemory

/// What a request carries.
package enum HTTPBody: Sendable {
    /// Ordinary bytes, none included.
    case bytes([UInt8])
    /// A secret, taken out of its box by the one request that sends it and wiped when that request has ended, answered or not.
    /// It goes from guarded memory straight into libcurl's upload buffer (64 KiB), which libcurl frees at the end of the transfer
    /// and the executable's `free` wipes; over TLS, OpenSSL's record buffer then holds ciphertext only.
    case secret(SecretBox)
}
