import Foundation
import HTTPTransport

/// A running server process; ended by its process id when the value goes.
final class TestServer {
    enum Kind {
        case plain
        /// Accepts and never says a word.
        case mute
        case unix(path: String)
        case tls(TestCertificate)
        /// TLS 1.1 at most.
        case oldTLS(TestCertificate)
    }

    enum Failure: Error { case didNotStart }

    /// Where it listens.
    let origin: HTTPOrigin
    /// 0 for a Unix socket.
    let port: Int
    private let process = Process()
    private let input = Pipe()

    init(_ kind: Kind = .plain) throws {
        let output = Pipe()
        let arguments: [String]
        switch kind {
        case .plain: arguments = ["plain"]
        case .mute: arguments = ["mute"]
        case .unix(let path): arguments = ["unix", path]
        case .tls(let certificate): arguments = ["tls", certificate.certificatePath, certificate.keyPath]
        case .oldTLS(let certificate): arguments = ["old-tls", certificate.certificatePath, certificate.keyPath]
        }
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", serverScript] + arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        // One short line in one write, so one read has it; an empty read means the process ended.
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = Int(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            process.terminate()
            throw Failure.didNotStart
        }
        self.port = port
        switch kind {
        case .plain: origin = try HTTPOrigin.parse("http://127.0.0.1:\(port)")
        case .mute, .tls, .oldTLS: origin = try HTTPOrigin.parse("https://127.0.0.1:\(port)")
        case .unix(let path): origin = try HTTPOrigin.parse("unix:\(path)")
        }
    }

    deinit {
        if process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }
}
