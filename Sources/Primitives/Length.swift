/// Refuses a length that is not exactly the one an algorithm needs.
/// - Throws: `.invalidLength`.
func requireLength(_ actual: Int, _ expected: Int) throws(PrimitiveError) {
    guard actual == expected else { throw .invalidLength(expected: expected, actual: actual) }
}
