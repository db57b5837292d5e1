import ArgumentParser
import Client
import Model

/// `tacit rotate dek`.
struct RotateDEKCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dek", abstract: "Encrypt keys again under new data encryption keys.",
        discussion: """
            The ciphertext comes to this machine, is opened here, and goes back encrypted under a new key, sealed to the account and to every \
            live session that uses it; the version before is shredded. The value stays the same. Versions in grace keep theirs until they \
            are retired. With --all the oldest goes first, so that a run that was cut off is finished by the next one.
            """)

    @Argument(help: "The key's alias.")
    var alias: Alias?

    @Flag(help: "Every key.")
    var all = false

    @OptionGroup var output: JSONOption

    private struct Report: Encodable {
        var alias: Alias
        var version: UInt32
        var done: Int
        var total: Int
    }

    func validate() throws {
        guard (alias == nil) == all else { throw ValidationError("name one key, or say --all") }
    }

    func run() async throws {
        let owner = try await ClientContext().login()
        var unconfirmed: [ClientError] = []
        do {
            let aliases = try await aliases(of: owner)
            var bar = ProgressBar("Encrypting anew", isQuiet: output.json)
            for (index, alias) in aliases.enumerated() {
                bar.show(UInt64(index), of: UInt64(aliases.count), note: alias.text)
                do {
                    let rotated = try await owner.rotateDEK(of: alias)
                    bar.end()
                    if output.json {
                        try Output.json(Report(alias: alias, version: rotated.version, done: index + 1, total: aliases.count))
                    } else {
                        Output.data("\(alias)@\(rotated.version)")
                    }
                } catch {
                    bar.end()
                    guard all, case .unconfirmedDestination = error else { throw error }
                    Output.error("\(error)")
                    unconfirmed.append(error)
                }
            }
            await owner.logout()
            guard unconfirmed.isEmpty else { throw CheckFailed(status: .refused) }
            Output.words(aliases.count == 1 ? "One key is encrypted anew." : "\(aliases.count) keys are encrypted anew.")
        } catch {
            await owner.logout()
            if case ClientError.refused(401, "login_required", _) = error {
                Output.words("Ciphertexts are given out for a minute after a login. run: tacit rotate dek --all")
            }
            throw error
        }
    }

    private func aliases(of owner: Owner) async throws(ClientError) -> [Alias] {
        if let alias { return [alias] }
        let keys = try await owner.listKeys().keys.filter { $0.revokedAt == nil }
        func age(_ key: KeyMessages.Key) -> UInt64 { key.versions.first { $0.state == .active }?.createdAt ?? 0 }
        return keys.sorted { (age($0), $0.alias) < (age($1), $1.alias) }.map(\.alias)
    }
}
