/// Whether the KEK answered when it was asked last and is the store's own, and if not, why.
struct KEKHealth: Sendable, Equatable {
    /// Why it did not answer; `nil`: it answered.
    var failure: String?
    /// What is wrong was a right or a setting: only a look at the whole says when it is good again.
    var isMisconfigured = false
    /// Why it is not the one the store is wrapped under; `nil`: it is, as far as is known.
    var mismatch: String?

    var cause: String? { failure ?? mismatch }
    var isReachable: Bool { cause == nil }
}
