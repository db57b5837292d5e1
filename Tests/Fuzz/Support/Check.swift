/// Stops the fuzzer, which then keeps the input.
/// - Parameter property: a sentence about HTTPWire that must hold for every input.
@inline(never)
func check(_ holds: Bool, _ property: StaticString) {
    guard holds else { fatalError("does not hold: \(property)") }
}
