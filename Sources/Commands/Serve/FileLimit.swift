import CHardening
import Logging

/// How many file descriptors the broker may have, and what that means for connections.
enum FileLimit {
    /// Kept for the store, the keyring, control connections and the process itself.
    private static let reserved = 256
    /// What a client may cost: its connection, the one its call uses, and an idle one to another upstream.
    private static let perClient = 3
    /// Client connections per event loop, however many descriptors there are.
    static let maximumClients = 16_384

    /// Raises the limit as far as it goes.
    /// - Returns: the limit in force, for ``clients(limit:threads:)``.
    static func raise(logger: Logger) -> Int {
        let limit = Int(clamping: tacit_hardening_raise_file_limit())
        logger.info("file descriptors", metadata: ["count": "\(limit)"])
        return limit
    }

    /// Client connections per event loop that leave descriptors for everything else; at least 16.
    static func clients(limit: Int, threads: Int) -> Int {
        min(maximumClients, max(16, (limit - min(limit, reserved)) / perClient / max(1, threads)))
    }
}
