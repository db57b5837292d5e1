import Broker
import Foundation
import Testing

@testable import ControlAPI

@Suite(.serialized)
struct ListenerTests {
    @Test func refusesAListenerOffLoopbackWithoutTLS() {
        var configuration = ControlConfiguration()
        for host in ["0.0.0.0", "::", "192.0.2.1", "tacit.example.com", "127.0.0.1.example.com"] {
            configuration.host = host
            #expect(throws: ControlStartError.self, "\(host)") { try configuration.validate() }
        }
        for host in ["127.0.0.1", "127.8.9.1", "::1", "localhost"] {
            configuration.host = host
            #expect(throws: Never.self) { try configuration.validate() }
        }
        configuration.tlsKeyFile = "/nowhere"
        #expect(throws: ControlStartError.self) { try configuration.validate() }
        configuration = ControlConfiguration()
        configuration.host = nil
        #expect(throws: ControlStartError.self) { try configuration.validate() }
    }

    @Test func refusesASocketThatIsAliveAndADirectoryOpenToOthers() async throws {
        let fixture = try await ControlFixture()
        let path = try #require(fixture.bound.socketPath)
        #expect(throws: ControlStartError.socketInUse(path)) { try SocketFile(path: path) }
        // Without its lock file too: somebody answers.
        try FileManager.default.removeItem(atPath: path + ".lock")
        #expect(throws: ControlStartError.socketInUse(path)) { try SocketFile(path: path) }
        #expect(try await fixture.unix.send("GET", "/healthz").status == 200)
        let open = fixture.directory + "/open"
        try FileManager.default.createDirectory(atPath: open, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: open)
        for refused in [
            open + "/control.sock", "control.sock", fixture.directory + "/none/control.sock",
            fixture.directory + "/" + String(repeating: "a", count: 120),
        ] {
            do {
                let file = try SocketFile(path: refused)
                // A path that is too long shows when it is bound.
                #expect(refused.utf8.count > 107, "\(file.path)")
            } catch {
                guard case .socketRefused = error else {
                    Issue.record("\(error)")
                    continue
                }
            }
        }
        await fixture.stop()
    }

    @Test func replacesADeadSocketAndRefusesAnythingElse() async throws {
        let directory = try ControlFixture.makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let path = directory + "/control.sock"
        try "data".write(toFile: path, atomically: false, encoding: .utf8)
        #expect(throws: ControlStartError.self) { try SocketFile(path: path) }
        #expect(FileManager.default.fileExists(atPath: path))
        try FileManager.default.removeItem(atPath: path)
        RawClient.leaveDeadSocket(at: path)
        #expect(FileManager.default.fileExists(atPath: path))
        _ = try SocketFile(path: path)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func letsOnlyItsUserOpenTheSocketAndRemovesItInTheEnd() async throws {
        let fixture = try await ControlFixture()
        let path = try #require(fixture.bound.socketPath)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        await fixture.stop()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func refusesTLSFilesThatAreNone() async throws {
        let directory = try ControlFixture.makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let file = directory + "/file.pem"
        try "no certificate".write(toFile: file, atomically: true, encoding: .utf8)
        await #expect(throws: ControlStartError.self) { try await ControlFixture(tls: (file, file)) }
    }

    @Test func speaksTLS() async throws {
        let directory = try ControlFixture.makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let (certificate, key) = (directory + "/cert.pem", directory + "/key.pem")
        try run(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate)
        let fixture = try await ControlFixture(tls: (certificate, key))
        let port = try #require(fixture.bound.port)
        let output = try await curl("--cacert", certificate, "-o", "-", "-w", " %{http_code}", "https://localhost:\(port)/v1/info")
        #expect(output.hasSuffix(" 200"))
        let plain = try await curl("-o", "-", "-w", " %{http_code}", "http://localhost:\(port)/v1/info")
        #expect(!plain.hasSuffix(" 200"))
        #expect(fixture.broker.origins.contains("https://localhost:\(port)"))
        #expect(!fixture.broker.origins.contains("http://localhost:\(port)"))
        await fixture.stop()
    }

    @discardableResult
    private func run(_ arguments: String...) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    /// Off the cooperative pool: the server needs its threads.
    private func curl(_ arguments: String...) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        let process = Process()
                        let output = Pipe()
                        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
                        process.arguments = ["curl", "-s", "-m", "20"] + arguments
                        process.standardOutput = output
                        try process.run()
                        let data = output.fileHandleForReading.readDataToEndOfFile()
                        process.waitUntilExit()
                        return String(decoding: data, as: UTF8.self)
                    })
            }
        }
    }
}
