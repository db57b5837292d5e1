import TacitTesting
import Testing

@testable import Envelope

/// Runs a vector: on success `body` compares, on failure it must throw the error the vector names.
func check(_ vector: TestVector, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void) throws {
    switch vector.expectation {
    case .success: try body()
    case .failure(let name):
        let error = #expect(throws: EnvelopeError.self, sourceLocation: sourceLocation) { try body() }
        #expect(error?.name == name, sourceLocation: sourceLocation)
    }
}

/// The kind with this label.
func kind(_ label: String) throws -> ContextKind {
    try #require(ContextKind.allCases.first { $0.label == label })
}
