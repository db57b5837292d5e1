import ArgumentParser
import Client
import Model

/// `tacit keys`.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "List provider keys: where each may go and how it is injected, never the key.",
        discussion: "With TACIT_ACCESS_FILE no passphrase is needed, where the file may list.")

    @OptionGroup var output: JSONOption

    func run() async throws {
        let rotating = try await Rotating.open(in: try ClientContext())
        let list: KeyMessages.List
        do {
            if let job = rotating.job { try job.require(.list) }
            list = try await rotating.rotator().listKeys()
        } catch {
            await rotating.end()
            throw error
        }
        await rotating.end()
        if output.json { return try Output.json(list) }
        guard !list.keys.isEmpty else { return Output.words("No keys yet. run: tacit enroll openai") }
        Output.table(
            ["ALIAS", "PROVIDER", "STATE", "DESTINATION", "INJECTION", "CREATED"],
            list.keys.map { key in
                [
                    key.alias.text, key.provider, Self.state(of: key), key.destination.url, Self.text(key.injection),
                    TimeText.date(key.createdAt),
                ]
            })
    }

    private static func state(of key: KeyMessages.Key) -> String {
        if key.revokedAt != nil { return "revoked" }
        return key.versions.filter { $0.state != .retired }.map { "\($0.state.rawValue)@\($0.version)" }.joined(separator: ",")
    }

    private static func text(_ injection: Injection) -> String {
        switch injection {
        case .header(let name, let prefix, let suffix): "\(name): \(prefix){key}\(suffix)"
        case .query(let name): "?\(name)={key}"
        case .basic(let user): "basic \(user)"
        }
    }
}
