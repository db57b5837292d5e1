/// Work factors of Argon2id, checked: a value of this type is safe to run.
/// The lower limits keep a weakened slot from being accepted, the upper ones keep a hostile one from exhausting the machine.
package struct Argon2Cost: Hashable, Sendable {
    /// Memory, 64 MiB … 1 GiB, in KiB.
    package let memoryKiB: UInt32
    /// Passes over the memory, 3 … 10.
    package let passes: UInt32

    /// What new slots use: 256 MiB, 3 passes.
    package static let standard = Argon2Cost(unchecked: 256 << 10, 3)

    /// Checks work factors that come from outside, before anything is allocated.
    /// - Throws: `.invalidCost`.
    package init(memoryKiB: UInt32, passes: UInt32) throws(PrimitiveError) {
        guard (64 << 10...1 << 20).contains(memoryKiB), (3...10).contains(passes) else { throw .invalidCost }
        self.init(unchecked: memoryKiB, passes)
    }

    private init(unchecked memoryKiB: UInt32, _ passes: UInt32) {
        self.memoryKiB = memoryKiB
        self.passes = passes
    }
}
