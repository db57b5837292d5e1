import Foundation

/// A certificate authority and server certificates, made by the `openssl` command once per test run.
struct TestCertificates: Sendable {
    /// One certificate with its key, as PEM files.
    struct Pair: Sendable {
        let certificate: String
        let key: String
    }

    static let shared = Result { try TestCertificates() }

    let authority: String
    /// For `localhost` and 127.0.0.1.
    let server: Pair
    /// Signed by the authority, for another name.
    let foreignName: Pair
    /// For `localhost`, signed by nobody we trust.
    let untrusted: Pair

    init() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("tacit-proxy-tests-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try Self.openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=ca", directory)
        try Self.openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.key -out other.pem -days 2 -subj /CN=other",
            directory)
        authority = directory + "/ca.pem"
        server = try Self.issue("server", "DNS:localhost,IP:127.0.0.1", by: "ca", directory)
        foreignName = try Self.issue("foreign", "DNS:example.com", by: "ca", directory)
        untrusted = try Self.issue("untrusted", "DNS:localhost,IP:127.0.0.1", by: "other", directory)
    }

    private static func issue(_ name: String, _ alternatives: String, by issuer: String, _ directory: String) throws -> Pair {
        try "subjectAltName=\(alternatives)\n".write(toFile: "\(directory)/\(name).ext", atomically: true, encoding: .utf8)
        try openssl(
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout \(name).key -out \(name).csr -subj /CN=\(name)", directory)
        try openssl(
            "x509 -req -in \(name).csr -CA \(issuer).pem -CAkey \(issuer).key -CAcreateserial -out \(name).pem -days 2 -extfile \(name).ext",
            directory)
        return Pair(certificate: "\(directory)/\(name).pem", key: "\(directory)/\(name).key")
    }

    private static func openssl(_ arguments: String, _ directory: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments.split(separator: " ").map(String.init)
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    }
}
