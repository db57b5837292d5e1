import ArgumentParser
import Client
import Model
import Providers
import SecretMemory

/// `tacit import`.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Enrol the provider keys of a .env file.",
        discussion: """
            Shows what it found, enrols the names it knows, and on a terminal asks first and offers to comment the lines out afterwards. \
            Without a terminal nothing is asked and the file stays as it is.

            Known names: \(ProviderPresets.all.flatMap(\.enrolEnvironmentNames).joined(separator: ", ")).
            """)

    @Argument(help: "The file.", completion: .file())
    var file: String

    func run() async throws {
        let context = try ClientContext()
        let source = try DotEnvFile(path: file)
        let plan = ImportPlan(entries: source.entries) { source.value(of: $0) }
        for line in plan.report { Output.words(line) }
        guard !plan.items.isEmpty else {
            throw ClientError.notFound("\(file) holds no key of a provider Tacit knows\nrun: tacit enroll custom --help")
        }
        let asks = context.secrets.isInteractive
        if asks, let terminal = Terminal() {
            guard try terminal.confirm("Enrol \(plan.items.count == 1 ? "this key" : "these \(plan.items.count) keys")?") else { return }
        }
        let owner = try await context.login()
        var enrolled: [ImportPlan.Item] = []
        var failure: ClientError?
        for item in plan.items {
            do {
                try await enroll(item, from: source, as: owner)
                enrolled.append(item)
                Output.data("\(item.alias)")
            } catch {
                guard case .refused(409, "alias_taken", _) = error else { throw error }
                Output.error(
                    "line \(item.entry.line): the alias \(item.alias) is in use; enrol it by hand: tacit enroll \(item.preset.name) --alias NAME"
                )
                failure = failure ?? error
            }
        }
        await owner.logout()
        if asks, !enrolled.isEmpty, let terminal = Terminal() { try offerCommentingOut(enrolled, of: source, on: terminal) }
        if failure != nil { throw CheckFailed(status: .refused) }
        Output.words("run: tacit unlock")
    }

    private func enroll(_ item: ImportPlan.Item, from source: borrowing DotEnvFile, as owner: Owner) async throws(ClientError) {
        let key = try SecretText.key(source.value(of: item.entry))
        EnrolmentNotes.show(key, preset: item.preset)
        let destination: Destination
        do { destination = try item.preset.destination() } catch { throw .invalidInput(error.reason) }
        _ = try await owner.enroll(
            key, alias: item.alias, provider: item.preset.name, destination: destination, injection: item.preset.injection)
    }

    private func offerCommentingOut(
        _ items: [ImportPlan.Item], of source: borrowing DotEnvFile, on terminal: borrowing Terminal
    ) throws(ClientError) {
        terminal.show("The keys also still stand in \(file).\n")
        let answer = try terminal.ask(
            "Comment these lines out: y keeps the values behind #, r removes the values, n leaves the file [y/r/N] ")
        guard ["y", "r"].contains(answer.lowercased()) else { return }
        let names = items.map(\.alias.text).joined(separator: ", ")
        let edited = source.commentingOut(
            items.flatMap { [$0.entry] + $0.repeats }, note: "enrolled with tacit", keepsValue: answer.lowercased() == "y")
        try edited.withBytes { (bytes) throws(ClientError) in try PrivateFile.replace(file, with: bytes) }
        Output.words("\(file) is rewritten, readable by you alone; \(names) now come from: tacit run -- COMMAND")
    }
}
