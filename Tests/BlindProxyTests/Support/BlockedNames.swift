import Glibc
import Synchronization

@testable import BlindProxy

/// Lookups that block their threads until a test lets them go.
final class BlockedNames: Sendable {
    private let state = Mutex<(open: Bool, asked: [String])>((false, []))

    /// Every name that was looked up, in order.
    var asked: [String] { state.withLock { $0.asked } }

    func open() { state.withLock { $0.open = true } }

    /// Names that end in `.slow` block; others are at 127.0.0.1.
    @Sendable func lookUp(_ name: String) -> [IPAddress] {
        state.withLock { $0.asked.append(name) }
        while name.hasSuffix(".slow"), !state.withLock({ $0.open }) { usleep(2_000) }
        return [.v4(0x7f00_0001)]
    }
}
