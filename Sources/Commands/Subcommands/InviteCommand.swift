import ArgumentParser
import Client
import Model

/// `tacit invite`.
struct InviteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite", abstract: "Make a one-time invitation to create an account (operator).",
        discussion: "Prints the invitation; it is good for 24 hours and stored as a hash. Needs the control socket.")

    @OptionGroup var output: JSONOption

    func run() async throws {
        let invitation = try await ClientContext().requireOperator().invite()
        if output.json { return try Output.json(invitation) }
        Output.data(invitation.invitation)
        Output.words(
            "Good until \(TimeText.date(invitation.expiresAt)). The invited person runs: tacit account create NAME --invitation-stdin")
    }
}
