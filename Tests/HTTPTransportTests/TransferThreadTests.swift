import Foundation
import HTTPTransport
import Testing

@Suite struct TransferThreadTests {
    @Test func aPeerThatClosesDuringAnUploadDoesNotEndTheProcess() async {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_DFL)
            let certificate = try TestCertificate("IP:127.0.0.1")
            for kind in [TestServer.Kind.plain, .tls(certificate)] {
                let server = try TestServer(kind)
                let client = try HTTPClient(origin: server.origin, caFile: certificate.certificatePath, timeoutSeconds: 20)
                let upload = HTTPRequest(method: "POST", path: "/reset", body: .bytes([UInt8](repeating: 1, count: 16 << 20)))
                do {
                    _ = try await client.send(upload)
                    exit(3)
                } catch is HTTPTransportError {}
            }
        }
    }

    /// With the cooperative pool's threads all waiting in libcurl, nothing would be left to run the tasks that end the wait.
    @Test(.timeLimit(.minutes(1))) func waitingTransfersDoNotHoldThePoolsThreads() async throws {
        let server = try TestServer()
        let client = try HTTPClient(origin: server.origin, timeoutSeconds: 50)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<(ProcessInfo.processInfo.activeProcessorCount * 4) {
                group.addTask {
                    await #expect(throws: HTTPTransportError.aborted) { try await client.send(HTTPRequest(method: "GET", path: "/hang")) }
                }
            }
            try await Task.sleep(for: .milliseconds(300))
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}
