import ArgumentParser

/// `tacit completions`.
struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "Print a completion script for a shell.",
        discussion: """
              bash: tacit completions bash > ~/.local/share/bash-completion/completions/tacit
              zsh:  tacit completions zsh > "${fpath[1]}/_tacit"
              fish: tacit completions fish > ~/.config/fish/completions/tacit.fish
            """)

    enum Shell: String, ExpressibleByArgument, CaseIterable { case bash, zsh, fish }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run() {
        let shell: CompletionShell =
            switch self.shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        Output.data(TacitCommand.completionScript(for: shell))
    }
}
