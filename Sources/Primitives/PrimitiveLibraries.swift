import COpenSSL
import CSodium
import SecretMemory

/// The one place where the libraries behind this module are initialised and their versions checked.
package enum PrimitiveLibraries {
    /// What OpenSSL gives out once and everything else reuses: fetching an algorithm by name costs more than using it.
    @safe
    struct Algorithms: @unchecked Sendable {  // immutable; OpenSSL allows fetched algorithms to be used from any thread
        let aes256GCM: OpaquePointer
        let sha256: OpaquePointer
        /// libsodium's AES-256-GCM runs here: it needs the processor's AES instructions.
        let hasFastAES: Bool
    }

    private static let fetched: Result<Algorithms, PrimitiveError> = fetch()

    /// Initialises libsodium and OpenSSL once per process; later calls return what the first one found. Safe from any thread.
    /// Everything in this module also works without it; a program calls it at its start to fail there and not at first use.
    /// - Throws: `.libraryFailure` when a library or algorithm is missing, or older than libsodium 1.0.18 or OpenSSL 3.0.
    package static func initialize() throws(PrimitiveError) {
        _ = try algorithms()
    }

    /// Names and versions of the libraries in use, for the log line at start.
    package static var versions: String {
        let sodium = unsafe sodium_version_string().map { unsafe String(cString: $0) } ?? "unknown"
        let openSSL = unsafe OpenSSL_version(OPENSSL_VERSION_STRING).map { unsafe String(cString: $0) } ?? "unknown"
        return "libsodium \(sodium), OpenSSL \(openSSL)"
    }

    static func algorithms() throws(PrimitiveError) -> Algorithms {
        try fetched.get()
    }

    /// For the operations that have no error to give: without the library the process cannot go on safely.
    static func requireSodium() {
        guard case .success = fetched else { fatalError("the cryptographic libraries could not be initialised") }
    }

    /// Whether the constants of this module are those of the library it runs with.
    private static var sizesAgree: Bool {
        crypto_sign_seedbytes() == Ed25519PrivateKey.seedCount && crypto_sign_publickeybytes() == Ed25519PublicKey.count
            && crypto_sign_secretkeybytes() == Ed25519PrivateKey.seedCount + Ed25519PublicKey.count
            && crypto_sign_bytes() == Ed25519PublicKey.signatureCount && crypto_pwhash_saltbytes() == Argon2id.saltCount
            && crypto_scalarmult_bytes() == X25519PublicKey.count && crypto_scalarmult_scalarbytes() == X25519PrivateKey.seedCount
    }

    private static func fetch() -> Result<Algorithms, PrimitiveError> {
        do throws(SecretMemoryError) { try SecretMemoryLibrary.initialize() } catch { return .failure(.libraryFailure) }
        // The ABI number 10.3 is libsodium 1.0.18, the first whose stable branch Debian ships with everything used here.
        let sodium = (sodium_library_version_major(), sodium_library_version_minor())
        guard sodium >= (10, 3), OPENSSL_version_major() >= 3, sizesAgree,
            let cipher = unsafe EVP_CIPHER_fetch(nil, "AES-256-GCM", nil),
            let digest = unsafe EVP_MD_fetch(nil, "SHA256", nil)
        else { return .failure(.libraryFailure) }
        return unsafe .success(
            Algorithms(
                aes256GCM: cipher, sha256: digest, hasFastAES: crypto_aead_aes256gcm_is_available() == 1))
    }
}
