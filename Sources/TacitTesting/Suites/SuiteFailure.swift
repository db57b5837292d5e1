/// What a conformance suite found wrong, for the test that runs it.
package struct SuiteFailure: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// - Throws: a ``SuiteFailure`` that names the line, where `condition` does not hold.
func check(_ condition: Bool, _ what: String, line: UInt = #line, file: String = #fileID) throws {
    guard condition else { throw SuiteFailure("\(file):\(line): \(what)") }
}

/// - Throws: a ``SuiteFailure`` with both values where they differ.
func checkEqual<T: Equatable>(_ actual: T, _ expected: T, _ what: String, line: UInt = #line, file: String = #fileID) throws {
    guard actual == expected else { throw SuiteFailure("\(file):\(line): \(what): \(actual) is not \(expected)") }
}
