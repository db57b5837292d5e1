import Client
import Glibc

/// A certificate authority for one run of the demo provider, and a certificate for localhost signed by it.
///
/// Made by the `openssl` program, since nothing this program links makes certificates. The authority's private key is removed at once, so
/// that whoever is told to trust the authority trusts this one certificate.
struct DemoCertificates: Sendable {
    let directory: String
    private let isTemporary: Bool

    var caFile: String { directory + "/ca.pem" }
    var certificateFile: String { directory + "/server.pem" }
    var keyFile: String { directory + "/server.key" }

    private static let settings = """
        [req]
        distinguished_name = name
        prompt = no
        [name]
        CN = Tacit demo
        [authority]
        basicConstraints = critical, CA:TRUE, pathlen:0
        keyUsage = critical, keyCertSign
        subjectKeyIdentifier = hash
        [server]
        basicConstraints = critical, CA:FALSE
        keyUsage = critical, digitalSignature
        extendedKeyUsage = serverAuth
        subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
        authorityKeyIdentifier = keyid
        subjectKeyIdentifier = hash

        """

    /// - Parameter directory: `nil` for a temporary one.
    /// - Throws: `.failed` where a file cannot be written or openssl is missing or refuses.
    static func make(in directory: String?) async throws(StartError) -> DemoCertificates {
        let made = DemoCertificates(directory: try place(directory), isTemporary: directory == nil)
        do {
            try unsafe PrivateFile.replace(made.path("demo.cnf"), with: Array(settings.utf8).span.bytes)
        } catch {
            throw .failed("\(error)")
        }
        let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", made.path("demo.cnf")]
        try await openssl(
            ["req", "-x509", "-days", "30", "-extensions", "authority", "-keyout", made.path("ca.key"), "-out", made.caFile] + newKey)
        try await openssl(["req", "-new", "-keyout", made.keyFile, "-out", made.path("server.csr")] + newKey)
        try await openssl([
            "x509", "-req", "-days", "30", "-in", made.path("server.csr"), "-CA", made.caFile, "-CAkey", made.path("ca.key"),
            "-CAcreateserial",
            "-extfile", made.path("demo.cnf"), "-extensions", "server", "-out", made.certificateFile,
        ])
        for name in ["ca.key", "server.csr", "ca.srl", "demo.cnf"] { _ = unsafe unlink(made.path(name)) }
        return made
    }

    /// Takes a temporary directory away.
    func removeIfTemporary() {
        guard isTemporary else { return }
        for path in [caFile, certificateFile, keyFile] { _ = unsafe unlink(path) }
        _ = unsafe rmdir(directory)
    }

    private func path(_ name: String) -> String { "\(directory)/\(name)" }

    private static func place(_ directory: String?) throws(StartError) -> String {
        if let directory {
            guard let path = AbsolutePath.of(directory), unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
                throw .failed("\(directory): \(SystemError.text(errno))")
            }
            return path
        }
        var template = Array("/tmp/tacit-demo-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw .failed("no temporary directory: \(SystemError.text(errno))") }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func openssl(_ arguments: [String]) async throws(StartError) {
        let status: Int32
        do { status = try await QuietProcess.run(["openssl"] + arguments) } catch { throw .failed("openssl: \(error)") }
        guard status == 0 else {
            throw .failed(
                "the openssl program is needed to make the demo's certificate and ended with \(status)\nrun: apt-get install openssl")
        }
    }
}
