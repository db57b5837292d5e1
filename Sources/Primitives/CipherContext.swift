import COpenSSL

/// Owns one OpenSSL cipher context for one AES-256-GCM operation.
/// Made and freed per operation: freeing wipes the key schedule, and a kept context saves less than a tenth of the time.
@safe
struct CipherContext: ~Copyable {
    private let context: OpaquePointer

    /// Starts an operation with a 32-byte key and a 12-byte nonce; lengths are the caller's to check.
    init(encrypting: Bool, key: RawSpan, nonce: RawSpan) throws(PrimitiveError) {
        let cipher = unsafe try PrimitiveLibraries.algorithms().aes256GCM
        guard let context = unsafe EVP_CIPHER_CTX_new() else { throw .libraryFailure }
        let status = unsafe key.withUnsafeBytes { key in
            unsafe nonce.withUnsafeBytes { nonce in
                let keyBytes = unsafe key.octets
                let nonceBytes = unsafe nonce.octets
                return unsafe EVP_CipherInit_ex2(context, cipher, keyBytes, nonceBytes, encrypting ? 1 : 0, nil)
            }
        }
        guard status == 1 else {
            unsafe EVP_CIPHER_CTX_free(context)
            throw .libraryFailure
        }
        unsafe self.context = unsafe context
    }

    /// Adds data that is authenticated and not encrypted.
    func authenticate(_ bytes: UnsafeRawBufferPointer) throws(PrimitiveError) {
        try unsafe update(nil, bytes)
    }

    /// Encrypts or decrypts `bytes` into `output`, which has room for as many.
    func transform(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) throws(PrimitiveError) {
        try unsafe update(output.octets, bytes)
    }

    /// Ends an encryption and writes its 16-byte tag.
    func finish(writingTag tag: UnsafeMutableRawBufferPointer) throws(PrimitiveError) {
        guard finish() == 1,
            unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(AES256GCM.tagCount), tag.baseAddress) == 1
        else { throw .libraryFailure }
    }

    /// Ends a decryption by comparing with the 16-byte tag; OpenSSL does it in constant time.
    /// - Throws: `.authenticationFailed`: the output must then be wiped unread.
    func finish(expectingTag tag: UnsafeRawBufferPointer) throws(PrimitiveError) {
        let bytes = unsafe tag.octets
        guard unsafe tacit_EVP_CIPHER_CTX_set_expected_tag(context, bytes, Int32(AES256GCM.tagCount)) == 1 else { throw .libraryFailure }
        guard finish() == 1 else { throw .authenticationFailed }
    }

    deinit {
        unsafe EVP_CIPHER_CTX_free(context)
    }

    /// GCM writes nothing here, yet the function wants a place to write to.
    private func finish() -> Int32 {
        var unused: UInt64 = 0
        var count: Int32 = 0
        return unsafe withUnsafeMutableBytes(of: &unused) { place in
            unsafe EVP_CipherFinal_ex(context, place.octets, &count)
        }
    }

    private func update(_ output: UnsafeMutablePointer<UInt8>?, _ bytes: UnsafeRawBufferPointer) throws(PrimitiveError) {
        guard bytes.count > 0 else { return }
        guard let size = Int32(exactly: bytes.count) else { throw .invalidLength(expected: Int(Int32.max), actual: bytes.count) }
        var count: Int32 = 0
        guard unsafe EVP_CipherUpdate(context, output, &count, bytes.octets, size) == 1, count == size else { throw .libraryFailure }
    }
}
