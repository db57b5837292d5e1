/// Why a value was refused. `reason` is for people and holds nothing secret.
package struct ModelError: Error, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case invalidDestination = "invalid_destination"
        case invalidInjection = "invalid_injection"
        case invalidPolicy = "invalid_policy"
        case invalidName = "invalid_name"
        case unknownField = "unknown_field"
        case malformed = "malformed"
    }

    package let code: Code
    package let reason: String

    package init(_ code: Code, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    package var description: String { reason }
    package static func == (a: Self, b: Self) -> Bool { a.code == b.code }
}
