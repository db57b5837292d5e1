import ArgumentParser

/// `--json`, the same everywhere.
struct JSONOption: ParsableArguments {
    @Flag(name: .long, help: "Print one JSON document, for scripts.")
    var json = false
}
