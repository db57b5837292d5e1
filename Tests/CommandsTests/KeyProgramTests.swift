import Client
import SecretMemory
import Testing

@testable import Commands

@Suite struct KeyProgramTests {
    @Test(arguments: [
        "false", "sh -c 'echo sk-1; exit 3'", "/nowhere/program", "true", "echo", "printf 'sk-1\\nsk-2\\n'", "head -c 30000 /dev/zero", "",
        "kill -9 $$",
    ])
    func takesNothingFromAProgramThatFailedOrPrintedNoKey(command: String) async throws {
        await #expect(throws: ClientError.self) { _ = try await run(command) }
    }

    @Test func endsAProgramThatTakesTooLong() async throws {
        let start = ContinuousClock.now
        await #expect(throws: ClientError.self) { _ = try await run("sleep 30", timeoutSeconds: 1) }
        await #expect(throws: ClientError.self) { _ = try await run("echo sk-1; exec >&-; sleep 30; true", timeoutSeconds: 1) }
        #expect(start.duration(to: .now) < .seconds(10))
    }

    @Test func takesOneKeyWithoutTheSpaceAroundIt() async throws {
        #expect(try await run("echo   sk-plain  ") == "sk-plain")
        #expect(try await run("printf '\\n  sk-%s \\n' quoted") == "sk-quoted")
        #expect(try await run("echo $TACIT_ALIAS-$TACIT_PROVIDER") == "work-openai")
    }

    @Test func givesTheProgramNoInputAndNoPassphraseDescriptor() async throws {
        #expect(try await run("wc -c") == "0")
        #expect(try await run("echo x${TACIT_PASSPHRASE_FD:-none}") == "xnone")
    }

    @Test func startsAShellOnlyWhereOneIsNeeded() {
        #expect(KeyProgram.words("/usr/bin/new-key --for openai") == ["/usr/bin/new-key", "--for", "openai"])
        #expect(KeyProgram.words("new-key | head -1") == ["/bin/sh", "-c", "new-key | head -1"])
        #expect(KeyProgram.words("A=b new-key") == ["/bin/sh", "-c", "A=b new-key"])
        #expect(KeyProgram.words("  ").isEmpty)
    }

    private func run(_ command: String, timeoutSeconds: UInt64 = 20) async throws -> String {
        try SecretMemoryLibrary.initialize()
        let key = try await KeyProgram.run(
            command, variables: [("TACIT_ALIAS", "work"), ("TACIT_PROVIDER", "openai")], timeoutSeconds: timeoutSeconds)
        return key.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } }
    }
}
