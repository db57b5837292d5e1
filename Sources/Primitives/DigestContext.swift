import COpenSSL

/// Owns one OpenSSL SHA-256 context; freeing it wipes the chaining state.
/// One context serves several hashes one after the other, which is what makes HKDF cheap.
@safe
struct DigestContext: ~Copyable {
    private let context: OpaquePointer
    private let algorithm: OpaquePointer

    init() throws(PrimitiveError) {
        let algorithm = unsafe try PrimitiveLibraries.algorithms().sha256
        guard let context = unsafe EVP_MD_CTX_new() else { throw .libraryFailure }
        unsafe self.context = unsafe context
        unsafe self.algorithm = unsafe algorithm
    }

    /// Begins a new hash.
    func start() throws(PrimitiveError) {
        guard unsafe EVP_DigestInit_ex2(context, algorithm, nil) == 1 else { throw .libraryFailure }
    }

    /// Adds bytes to the hash begun.
    func update(_ bytes: UnsafeRawBufferPointer) throws(PrimitiveError) {
        guard unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else { throw .libraryFailure }
    }

    /// Ends the hash and writes its 32 bytes; `output` may be memory that was hashed.
    func finish(into output: UnsafeMutableRawBufferPointer) throws(PrimitiveError) {
        precondition(output.count == SHA256.digestCount, "a SHA-256 digest has 32 bytes")
        let start = unsafe output.octets
        guard unsafe EVP_DigestFinal_ex(context, start, nil) == 1 else { throw .libraryFailure }
    }

    deinit {
        unsafe EVP_MD_CTX_free(context)
    }
}
