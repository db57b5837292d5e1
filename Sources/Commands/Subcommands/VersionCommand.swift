import ArgumentParser
import HTTPTransport
import Primitives

/// `tacit version`.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Show the version and those of its libraries.")

    func run() {
        Output.data("tacit \(TacitVersion.text)")
        Output.data("\(PrimitiveLibraries.versions)")
        Output.data("libcurl \(HTTPTransportLibrary.version)")
    }
}
