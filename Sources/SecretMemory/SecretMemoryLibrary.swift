import CSodium

/// The one place where libsodium is initialised.
package enum SecretMemoryLibrary {
    private static let status: Int32 = sodium_init()

    /// Initialises libsodium once per process; later calls return what the first one found. Safe from any thread.
    /// Every entry point of this module works without it; a program calls it at its start to fail there and not at first use.
    /// - Throws: `.libraryUnavailable`.
    package static func initialize() throws(SecretMemoryError) {
        guard status >= 0 else { throw .libraryUnavailable }
    }

    /// Guarded memory and wiping have no meaning without the library, so going on would be worse than stopping.
    static func require() {
        precondition(status >= 0, "libsodium could not be initialised")
    }
}
