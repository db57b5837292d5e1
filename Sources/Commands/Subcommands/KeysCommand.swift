import ArgumentParser
import Client
import Model

/// `tacit keys`.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "List provider keys: where each may go and how it is injected, never the key.")

    @OptionGroup var output: JSONOption

    func run() async throws {
        let owner = try await ClientContext().login()
        let list = try await owner.listKeys()
        await owner.logout()
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
