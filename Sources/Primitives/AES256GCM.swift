import CSodium
package import SecretMemory

/// AES-256 in Galois/Counter Mode with a 96-bit nonce and a full tag.
/// A key must never meet the same nonce twice; who calls `encrypt` sees to that (a fresh key per object, or a random nonce and few uses).
/// Source: NIST SP 800-38D. OpenSSL libcrypto encrypts. libsodium decrypts where the processor has AES instructions, in a quarter of
/// OpenSSL's time for what a call needs (no contexts, no parameters by name); elsewhere OpenSSL decrypts too.
/// Both write plaintext straight into the memory named.
package enum AES256GCM {
    /// Key length in bytes.
    package static let keyCount = 32
    /// Nonce length in bytes.
    package static let nonceCount = 12
    /// Tag length in bytes.
    package static let tagCount = 16

    /// Encrypts `plaintext` (0 or more bytes, below 2 GiB), bound to `aad`.
    /// - Returns: ciphertext (as long as the plaintext) ‖ tag (16 bytes).
    /// - Throws: `.invalidLength` for key, nonce or an input of 2 GiB, `.libraryFailure`.
    package static func encrypt(_ plaintext: RawSpan, key: RawSpan, nonce: RawSpan, aad: RawSpan) throws(PrimitiveError) -> [UInt8] {
        try requireLengths(key: key, nonce: nonce)
        let context = try CipherContext(encrypting: true, key: key, nonce: nonce)
        try unsafe aad.withUnsafeBytes { (bytes) throws(PrimitiveError) in try unsafe context.authenticate(bytes) }
        let count = plaintext.byteCount
        var sealed = [UInt8](repeating: 0, count: count + tagCount)
        var status: Result<Void, PrimitiveError> = .success(())
        unsafe sealed.withUnsafeMutableBytes { output in
            do throws(PrimitiveError) {
                try unsafe plaintext.withUnsafeBytes { (bytes) throws(PrimitiveError) in
                    try unsafe context.transform(bytes, into: UnsafeMutableRawBufferPointer(rebasing: output[..<count]))
                }
                try unsafe context.finish(writingTag: UnsafeMutableRawBufferPointer(rebasing: output[count...]))
            } catch {
                status = .failure(error)
            }
        }
        try status.get()
        return sealed
    }

    /// Opens `ciphertext` (ciphertext ‖ tag) into the caller's memory.
    /// - Parameter out: exactly 16 bytes shorter than `ciphertext`; wiped on every failure.
    /// - Throws: `.authenticationFailed` for a wrong key, nonce or `aad`, or altered bytes; `.invalidLength` for key, nonce, a ciphertext
    ///   shorter than a tag or an output of the wrong size; `.libraryFailure`.
    package static func decrypt(
        _ ciphertext: RawSpan, key: RawSpan, nonce: RawSpan, aad: RawSpan, into out: inout MutableRawSpan
    ) throws(PrimitiveError) {
        do throws(PrimitiveError) {
            try requireLengths(key: key, nonce: nonce)
            let count = try plaintextCount(ciphertext)
            try requireLength(out.byteCount, count)
            if try PrimitiveLibraries.algorithms().hasFastAES {
                try decryptFast(ciphertext, key: key, nonce: nonce, aad: aad, into: &out)
            } else {
                try decryptPortably(ciphertext, key: key, nonce: nonce, aad: aad, into: &out)
            }
        } catch {
            wipe(&out)
            throw error
        }
    }

    /// By OpenSSL; lengths are checked. For tests beside the fast one.
    static func decryptPortably(
        _ ciphertext: RawSpan, key: RawSpan, nonce: RawSpan, aad: RawSpan, into out: inout MutableRawSpan
    ) throws(PrimitiveError) {
        let count = out.byteCount
        let context = try CipherContext(encrypting: false, key: key, nonce: nonce)
        try unsafe aad.withUnsafeBytes { (bytes) throws(PrimitiveError) in try unsafe context.authenticate(bytes) }
        try unsafe out.withUnsafeMutableBytes { (output) throws(PrimitiveError) in
            try unsafe ciphertext.withUnsafeBytes { (bytes) throws(PrimitiveError) in
                try unsafe context.transform(UnsafeRawBufferPointer(rebasing: bytes[..<count]), into: output)
                try unsafe context.finish(expectingTag: UnsafeRawBufferPointer(rebasing: bytes[count...]))
            }
        }
    }

    /// By libsodium, which checks the tag before it decrypts and wipes its key schedule; lengths are checked.
    private static func decryptFast(
        _ ciphertext: RawSpan, key: RawSpan, nonce: RawSpan, aad: RawSpan, into out: inout MutableRawSpan
    ) throws(PrimitiveError) {
        let status = unsafe out.withUnsafeMutableBytes { output in
            unsafe ciphertext.withUnsafeBytes { sealed in
                unsafe aad.withUnsafeBytes { aad in
                    unsafe key.withUnsafeBytes { key in
                        unsafe nonce.withUnsafeBytes { nonce in
                            unsafe crypto_aead_aes256gcm_decrypt(
                                output.octets, nil, nil, sealed.octets, UInt64(sealed.count), aad.octets, UInt64(aad.count),
                                nonce.octets, key.octets)
                        }
                    }
                }
            }
        }
        guard status == 0 else { throw .authenticationFailed }
    }

    /// Opens `ciphertext` (ciphertext ‖ tag, at least 17 bytes) into new guarded memory.
    /// - Throws: as the other `decrypt`; an authentic but empty plaintext is `.invalidLength` too, since a secret has at least one byte.
    package static func decrypt(
        _ ciphertext: RawSpan, key: RawSpan, nonce: RawSpan, aad: RawSpan
    ) throws(PrimitiveError) -> SecretBytes {
        let count = try plaintextCount(ciphertext)
        guard count >= 1 else { throw .invalidLength(expected: tagCount + 1, actual: ciphertext.byteCount) }
        return try SecretBytes(count: count) { (out) throws(PrimitiveError) in
            try decrypt(ciphertext, key: key, nonce: nonce, aad: aad, into: &out)
        }
    }

    private static func requireLengths(key: RawSpan, nonce: RawSpan) throws(PrimitiveError) {
        try requireLength(key.byteCount, keyCount)
        try requireLength(nonce.byteCount, nonceCount)
    }

    private static func plaintextCount(_ ciphertext: RawSpan) throws(PrimitiveError) -> Int {
        guard ciphertext.byteCount >= tagCount else { throw .invalidLength(expected: tagCount, actual: ciphertext.byteCount) }
        return ciphertext.byteCount - tagCount
    }
}
