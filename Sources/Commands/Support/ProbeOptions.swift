import ArgumentParser

/// `--probe`, the same everywhere.
struct ProbeOptions: ParsableArguments {
    @Flag(help: "Ask the provider once before the new key is used; keep the old one if it is not taken.")
    var probe = false

    @Option(
        help: ArgumentHelp(
            "What --probe asks for, behind the base URL. Default: what the provider's list of models is at.", valueName: "/v1/models"))
    var probePath: String?

    /// - Throws: for a path without `--probe`.
    func validatePath() throws {
        guard probePath == nil || probe else { throw ValidationError("--probe-path needs --probe") }
    }
}
