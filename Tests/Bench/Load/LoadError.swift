/// Why the program cannot go on; what streams do wrong is counted in the report instead.
struct LoadError: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
