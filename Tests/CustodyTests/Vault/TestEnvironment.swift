@testable import Custody

/// A block of variables of its own: the process's may not be changed while other tests run.
@safe
final class TestEnvironment {
    private let places: [String: UnsafeMutableBufferPointer<CChar>]
    private(set) var removed: [String] = []

    init(_ variables: [String: String]) {
        unsafe places = variables.mapValues { value in
            let place = UnsafeMutableBufferPointer<CChar>.allocate(capacity: value.utf8.count + 1)
            _ = unsafe place.initialize(from: value.utf8CString)
            return unsafe place
        }
    }

    deinit {
        unsafe places.values.forEach { unsafe $0.deallocate() }
    }

    var environment: VaultEnvironment {
        unsafe VaultEnvironment(
            find: { unsafe self.removed.contains($0) ? nil : self.places[$0]?.baseAddress }, remove: { self.removed.append($0) })
    }

    /// What stands where the variable stood, without its final zero.
    func bytes(of name: String) -> [CChar] { unsafe places[name].map { unsafe Array($0.dropLast()) } ?? [] }
}
