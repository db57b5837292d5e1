import ArgumentParser
import Client
import Envelope
import HTTPTransport
import Model
import SecretMemory

/// `tacit access create`.
struct AccessCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make an access file.",
        discussion: """
            The file (0600) holds the job's own signing key, certified by the account, and a token. Use it with TACIT_ACCESS_FILE=FILE and \
            end it with: tacit revoke access NAME

            Examples:
              tacit access create nightly --can list,rotate --ttl 90d --out ~/.config/tacit/nightly.json
              tacit access create alarm --can revoke --out /etc/tacit/alarm.json
            """)

    @Argument(help: "What the file is called in lists; 1 to 64 characters.")
    var name: String

    @Option(help: ArgumentHelp("What it may do: enrol, rotate, list, revoke.", valueName: "rotate,list"))
    var can: String

    @Option(help: ArgumentHelp("Aliases it is for. Default: all, those to come included.", valueName: "a,b"))
    var keys: String?

    @Option(help: ArgumentHelp("How long it is good for.", valueName: "90d"))
    var ttl = "90d"

    @Option(name: [.customLong("out")], help: ArgumentHelp("Write the file here.", valueName: "file"), completion: .file())
    var out: String

    @Option(help: ArgumentHelp("Where the job finds the broker, where that is not as from here.", valueName: "url"))
    var url: String?

    @OptionGroup var output: JSONOption

    private struct Report: Encodable {
        var writerID: WriterID
        var name: String
        var rights: [AccessRight]
        var aliases: [Alias]
        var expiresAt: UInt64
        var file: String
        private enum CodingKeys: String, CodingKey {
            case writerID = "writerId"
            case name, rights, aliases, expiresAt, file
        }
    }

    func validate() throws {
        guard (1...64).contains(name.utf8.count), name.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 }) else {
            throw ValidationError("a name has 1 to 64 characters")
        }
    }

    func run() async throws {
        let rights = try Arguments.rights(can)
        let aliases = try Arguments.aliases(keys)
        let lifetime = try TimeText.seconds(ttl)
        if let url, (try? HTTPOrigin.parse(url)) == nil {
            throw ClientError.invalidInput("--url: write unix:PATH, https://HOST:PORT or http://127.0.0.1:PORT")
        }
        let context = try ClientContext()
        let owner = try await context.login()
        do {
            let made = try await owner.createAccess(name: name, rights: rights, aliases: aliases, lifetimeSeconds: lifetime, url: url)
            do throws(ClientError) {
                try made.file.withBytes { (bytes) throws(ClientError) in try PrivateFile.replace(out, with: bytes) }
            } catch {
                // Nobody holds its token.
                _ = try? await OwnerRotation(owner).revokeAccess(made.certificate.writerID)
                throw error
            }
            await owner.logout()
            let certificate = made.certificate
            if output.json {
                try Output.json(
                    Report(
                        writerID: certificate.writerID, name: name, rights: certificate.rights.names, aliases: certificate.aliases,
                        expiresAt: certificate.expiresAt, file: out))
            } else {
                Output.data("\(certificate.writerID)")
            }
            Output.words("\(out) is good until \(TimeText.date(certificate.expiresAt)). End it with: tacit revoke access \(name)")
        } catch {
            await owner.logout()
            throw error
        }
    }
}
