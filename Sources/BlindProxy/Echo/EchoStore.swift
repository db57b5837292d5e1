import SecretMemory

/// Guarded memory for what is kept of keys while their answers run: equal cells, wiped when an answer is over. Of one event loop.
@safe
final class EchoStore {
    /// Bytes of one cell.
    static let cellCount = 272
    private static let cellsPerSlab = 240  // 65 280 bytes

    private var slabs: [SecretSlab] = []
    private var free: [UnsafeMutableRawBufferPointer] = unsafe []

    /// Cells in use.
    private(set) var used = 0

    /// A wiped cell; to be given back.
    func take() -> UnsafeMutableRawBufferPointer {
        used += 1
        if let cell = unsafe free.popLast() { return unsafe cell }
        let slab = SecretSlab(capacity: Self.cellsPerSlab * Self.cellCount)
        slabs.append(slab)
        while let cell = unsafe slab.allocate(Self.cellCount) { unsafe free.append(cell) }
        guard let cell = unsafe free.popLast() else { preconditionFailure("a new slab has cells") }
        return unsafe cell
    }

    /// Wipes a cell and keeps it for the next answer.
    func giveBack(_ cell: UnsafeMutableRawBufferPointer) {
        unsafe wipe(cell)
        unsafe free.append(cell)
        used -= 1
    }
}
