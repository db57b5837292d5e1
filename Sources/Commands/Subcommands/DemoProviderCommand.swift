import ArgumentParser
import Client
import Glibc
import SecretMemory

/// `tacit demo-provider`.
struct DemoProviderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo-provider", abstract: "Run a stand-in for an AI provider, to try Tacit without a real key.",
        discussion: """
            A TLS server on localhost that answers OpenAI chat completions and Anthropic messages, streaming and not, for one API key and \
            no other. Its certificate authority is made at each start with the openssl program, in a directory that goes when it ends.

            Prints one line of JSON when it is ready: ca_file, port, base_url. A broker that shall call it needs:

              tacit serve --upstream-ca CA_FILE --private-destinations 127.0.0.0/8,::1/128
              tacit enroll openai --base-url https://localhost:PORT --allow-private-destination
            """)

    @Flag(name: .long, help: "Read the key to accept from standard input.")
    var keyStdin = false

    @Option(help: "Read the key to accept from this file descriptor.")
    var keyFd: Int32?

    @Option(help: "Port on localhost; 0 for any free one.")
    var port = 0

    @Option(help: ArgumentHelp("Where to put the certificates; kept when the program ends.", valueName: "dir"))
    var directory: String?

    func validate() throws {
        guard keyStdin != (keyFd != nil) else { throw ValidationError("give the key with one of --key-stdin and --key-fd N") }
        guard keyFd.map({ $0 >= 0 }) ?? true else { throw ValidationError("--key-fd takes a file descriptor number") }
        guard (0...65_535).contains(port) else { throw ValidationError("--port takes 0 to 65535") }
    }

    func run() async throws {
        let raw = try SecretReader.readAll(keyFd ?? STDIN_FILENO, limit: SecretText.maximumKeyCount + 4096)
        let key = try SecretText.key(raw)
        let certificates = try await DemoCertificates.make(in: directory)
        defer { certificates.removeIfTemporary() }
        let server = DemoServer(key: key, certificates: certificates)
        try await server.run(port: port) { bound in
            Output.data(
                """
                {"base_url":"https://localhost:\(bound)","ca_file":"\(certificates.caFile)","port":\(bound)}
                """)
        }
    }
}
