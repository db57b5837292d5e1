import ArgumentParser
import Client
import Model

/// `tacit rotate kek`.
struct RotateKEKCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kek", abstract: "Make a new KEK version and wrap everything anew with it (operator).",
        discussion: """
            Calls, enrolments and unlocks go on meanwhile. A rotation that runs already is joined; one that was broken off goes on by itself. \
            When this ends with 0, no wrap of an older version is in the database or its log; then: tacit kek retire VERSION. It ends with 6 \
            where rows do not open, and names them. Ctrl-C ends the watching, not the rotation.
            """)

    @Flag(name: .long, help: "Print lines of JSON, one each time something changed.")
    var json = false

    func run() async throws {
        let operatorAccess = try ClientContext().requireOperator()
        let rotation = try await operatorAccess.rotateKEK(to: nil)
        try await KEKRotationWatch(operatorAccess: operatorAccess, json: json).run(rotation)
    }
}
