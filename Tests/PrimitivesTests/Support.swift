import Primitives
import SecretMemory
import TacitTesting
import Testing

extension PrimitiveError {
    /// The case's name, as vectors write it.
    var name: String {
        switch self {
        case .authenticationFailed: "authenticationFailed"
        case .invalidLength: "invalidLength"
        case .invalidCost: "invalidCost"
        case .invalidPublicKey: "invalidPublicKey"
        case .libraryFailure: "libraryFailure"
        }
    }
}

extension SecretBytes {
    /// The bytes as an array, for tests to compare.
    var exposed: [UInt8] {
        withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) } }
    }
}

/// Runs `operation` and holds its outcome against what the vector asks for.
func expectOutcome(_ vector: TestVector, _ operation: () throws -> Void) throws {
    let outcome: VectorExpectation
    do {
        try operation()
        outcome = .success
    } catch let error as PrimitiveError {
        outcome = .failure(error.name)
    }
    #expect(outcome == vector.expectation, "\(vector.source)")
}
