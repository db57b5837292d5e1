import Foundation

/// A self-signed certificate and its key, made with the `openssl` command in a directory of its own that goes with the value.
final class TestCertificate {
    private let directory: TemporaryDirectory
    var certificatePath: String { directory.root + "/cert.pem" }
    var keyPath: String { directory.root + "/key.pem" }

    /// - Parameter name: the subject alternative name, as `IP:127.0.0.1` or `DNS:example.test`.
    init(_ name: String) throws {
        directory = try TemporaryDirectory()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=tacit test", "-addext", "subjectAltName=\(name)", "-keyout", directory.root + "/key.pem",
            "-out", directory.root + "/cert.pem",
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw VaultServer.Failure(description: "openssl: \(process.terminationStatus)") }
    }

    deinit { directory.remove() }
}
