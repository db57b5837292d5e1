import Client
import Model
import Providers

/// Which variables a session's keys need.
enum ChildEnvironment {
    /// The assignments for the keys of a session, by name.
    ///
    /// A key sets the variables of its provider; keys without a preset set `ALIAS_BASE_URL` and `ALIAS_API_KEY`. Where several keys have one
    /// provider, the one whose alias is the provider's name wins, else the user must choose.
    /// - Parameters:
    ///   - proxyURL: the data plane, without a trailing slash.
    ///   - choices: `--as PROVIDER=ALIAS`: whose variables an alias sets instead of its own provider's.
    /// - Throws: `.invalidInput` for a choice that names nothing, or where a choice is needed.
    static func assignments(
        keys: [CachedToken.Key], proxyURL: String, choices: [String: Alias] = [:]
    ) throws(ClientError) -> [ChildAssignment] {
        var byName: [String: ChildAssignment.Content] = [:]
        for (provider, alias) in choices {
            guard ProviderPresets.named(provider) != nil else { throw .invalidInput("--as: no provider \(provider.debugDescription)") }
            guard keys.contains(where: { $0.alias == alias }) else {
                throw .notFound("--as: the session has no key \(alias)\nrun: tacit keys")
            }
        }
        let groups = Dictionary(grouping: keys) { ProviderPresets.named($0.provider) == nil ? "" : $0.provider }
        for (provider, members) in groups where !provider.isEmpty && choices[provider] == nil {
            guard let chosen = members.count == 1 ? members.first : members.first(where: { $0.alias.text == provider }) else {
                let names = members.map(\.alias.text).sorted()
                throw .invalidInput(
                    "\(names.joined(separator: " and ")) are all keys of \(provider): choose with --as \(provider)=\(names[0]), or --keys")
            }
            set(provider, chosen.alias, proxyURL, &byName)
        }
        for key in groups[""] ?? [] { set(key.provider, key.alias, proxyURL, &byName) }
        for (provider, alias) in choices { set(provider, alias, proxyURL, &byName) }
        return byName.map { ChildAssignment(name: $0.key, content: $0.value) }.sorted { $0.name < $1.name }
    }

    private static func set(_ provider: String, _ alias: Alias, _ proxyURL: String, _ byName: inout [String: ChildAssignment.Content]) {
        for variable in ProviderPresets.environment(provider: provider, alias: alias) {
            byName[variable.name] =
                switch variable.content {
                case .baseURL(let suffix): .text("\(proxyURL)/\(alias)\(suffix)")
                case .token: .token
                case .removed: .removed
                }
        }
    }

    /// Reads `--as PROVIDER=ALIAS` options.
    static func choices(_ texts: [String]) throws(ClientError) -> [String: Alias] {
        var choices: [String: Alias] = [:]
        for text in texts {
            let parts = text.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, let alias = Alias(parts[1]), choices[String(parts[0])] == nil else {
                throw .invalidInput("--as takes PROVIDER=ALIAS once for a provider, such as openai=work")
            }
            choices[String(parts[0])] = alias
        }
        return choices
    }
}
