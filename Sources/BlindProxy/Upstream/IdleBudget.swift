/// How many connections without a call one event loop may still keep, for all keys together: so many short calls for many keys do not take
/// every file descriptor.
final class IdleBudget {
    private(set) var left: Int

    init(_ count: Int) { left = count }

    func take() { left -= 1 }

    func give(_ count: Int = 1) { left += count }
}
