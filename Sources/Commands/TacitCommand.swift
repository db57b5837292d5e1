// The rules of this interface:
//
// - Data goes to standard output, words to standard error, questions and recovery codes to the terminal (/dev/tty) itself.
// - Secrets come in by a prompt without echo, by standard input or by a file descriptor; never by an argument. They go out only where the
//   user asked: --print-token, --token-file, env, and the environment of a child that `run` starts.
// - Without a terminal nothing is asked or confirmed: a question that has no answer is refused with the option that answers it.
// - --json prints one document that stays compatible; the text form is for people and may change.
// - Every error says what to do next and ends in one of the statuses ExitStatus lists.
// - Nothing is half done: files are written whole, and a command that fails has changed nothing, or says what.

import ArgumentParser

/// The root of the command line.
struct TacitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tacit",
        abstract: "An end-to-end encrypted vault and broker for the API keys of AI providers.",
        discussion: """
            Keys are enrolled once and never come back out. Programs call the providers through the broker with a session token in \
            place of the key; the broker opens the key for microseconds per call, only for the destination it was enrolled for.

            A first session, with the broker in another terminal (tacit serve):

              tacit account create alice
              export TACIT_ACCOUNT=alice
              tacit enroll openai
              tacit unlock --ttl 12h
              tacit run -- python3 my_program.py

            Environment: TACIT_URL (unix:PATH, https://HOST:PORT or http://127.0.0.1:PORT; by default the control socket of the \
            default data directory, else http://127.0.0.1:8700), TACIT_ACCOUNT (NAME or NAME@ID), TACIT_PASSPHRASE_FD (a file \
            descriptor whose first line is the passphrase), TACIT_ACCESS_FILE (a job's credential, for rotate key, rotate due, enroll, keys \
            and revoke), TACIT_CA_FILE (certificates to trust for https:), TACIT_LOG_LEVEL.

            Exit status: 0 done, 1 failed, 2 usage, 3 refused, 4 not found, 5 unreachable, 6 integrity failure.
            """,
        version: TacitVersion.text,
        groupedSubcommands: [
            CommandGroup(
                name: "Broker",
                subcommands: [
                    ServeCommand.self, ServiceCommand.self, InviteCommand.self, AuditCommand.self, KEKCommand.self, RotateCommand.self,
                ]),
            CommandGroup(
                name: "Account and keys",
                subcommands: [
                    AccountCommand.self, EnrollCommand.self, ImportCommand.self, KeysCommand.self, RotateCommand.self, RevokeCommand.self,
                ]),
            CommandGroup(
                name: "Sessions",
                subcommands: [UnlockCommand.self, LockCommand.self, RunCommand.self, EnvCommand.self, SessionsCommand.self]),
            CommandGroup(name: "Jobs", subcommands: [AccessCommand.self, LeaseCommand.self]),
            CommandGroup(
                name: "Looking around",
                subcommands: [UsageCommand.self, StatusCommand.self, DoctorCommand.self]),
            CommandGroup(
                name: "Other",
                subcommands: [DemoProviderCommand.self, CompletionsCommand.self, VersionCommand.self]),
        ])
}
