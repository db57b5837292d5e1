import Model

/// How many connections without a call one event loop may still keep, for all keys together: so many short calls for many keys do not take
/// every file descriptor. One account may take half of it, so that its keys do not cost the others their kept connections.
final class IdleBudget {
    /// What one account's connections take of it.
    final class Share {
        fileprivate let budget: IdleBudget
        private var taken = 0

        fileprivate init(_ budget: IdleBudget) { self.budget = budget }

        /// Takes one place.
        /// - Returns: `false` where there is none left, of the account's or of all.
        func take() -> Bool {
            guard budget.left > 0, taken < budget.perAccount else { return false }
            budget.left -= 1
            taken += 1
            return true
        }

        func give(_ count: Int = 1) {
            budget.left += count
            taken -= count
        }
    }

    private var left: Int
    private let perAccount: Int

    init(_ count: Int) {
        left = count
        perAccount = max(1, count / 2)
    }

    /// Made with an account's first pool and shared by its further ones.
    func makeShare() -> Share { Share(self) }
}
