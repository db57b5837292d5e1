/// How much the resolution of names may take.
struct ResolverLimits: Sendable, Equatable {
    /// Lookups under way at once, each on a thread.
    var lookups = 64
    /// Of these, for names of one account: what its slow names can hold up is its own.
    var lookupsPerAccount = 8
    /// Names of one account that wait for their turn.
    var namesInLinePerAccount = 64
    /// How long a dial waits for a name, the time in line included.
    var patienceMilliseconds: Int64 = 5_000
}
