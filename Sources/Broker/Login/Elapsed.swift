/// Time between two readings of a clock.
enum Elapsed {
    /// 0 where the later reading is the lower one: a reading taken before a lock may be older than what another thread left under it.
    static func milliseconds(from earlier: UInt64, to later: UInt64) -> UInt64 { later > earlier ? later - earlier : 0 }
}
