/// A command that has already said everything and only has a status left to give.
struct CheckFailed: Error {
    let status: ExitStatus
}
