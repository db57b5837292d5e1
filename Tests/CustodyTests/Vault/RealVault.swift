import Foundation
import HTTPTransport

/// A server that is not ours: named by the environment, or a `vault` or `bao` on PATH in its development mode.
enum RealVault {
    static var isThere: Bool { environment["TACIT_TEST_VAULT_ADDR"] != nil || executable != nil }

    static func start() throws -> (HTTPOrigin, String, Process?) {
        if let address = environment["TACIT_TEST_VAULT_ADDR"], let token = environment["TACIT_TEST_VAULT_TOKEN"] {
            return (try HTTPOrigin.parse(address), token, nil)
        }
        guard let executable else { throw VaultServer.Failure(description: "TACIT_TEST_VAULT_TOKEN is not set") }
        let port = try freePort()
        let process = Process()
        let output = Pipe()
        // Ends with its standard input, as the stand-in does.
        let server = "\"$0\" server -dev -dev-root-token-id=root -dev-no-store-token -dev-listen-address=127.0.0.1:\(port)"
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "\(server) & child=$!; trap 'kill $child' TERM; cat > /dev/null; kill $child", executable]
        process.standardInput = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var text = ""
        while !text.contains("server started") {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw VaultServer.Failure(description: "\(executable) did not start") }
            text += String(decoding: data, as: UTF8.self)
        }
        output.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
        return (try HTTPOrigin.parse("http://127.0.0.1:\(port)"), "root", process)
    }

    private static var environment: [String: String] { ProcessInfo.processInfo.environment }

    private static var executable: String? {
        for folder in (environment["PATH"] ?? "").split(separator: ":") {
            for path in ["\(folder)/vault", "\(folder)/bao"] where FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        return nil
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard unsafe bind(descriptor, pointer, length) == 0 else { return Int32(-1) }
                return unsafe getsockname(descriptor, pointer, &length)
            }
        }
        guard code == 0 else { throw VaultServer.Failure(description: "no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
