import Primitives
import SecretMemory

/// Guarded memory for what is kept of keys while their answers run: equal cells, wiped when an answer is over. Of one event loop.
@safe
final class EchoStore {
    /// Bytes of one cell.
    static let cellCount = 288
    private static let cellsPerSlab = 224  // 64 512 bytes

    private var slabs: [SecretSlab] = []
    private var free: [UnsafeMutableRawBufferPointer] = unsafe []
    /// Random numbers for the responses to come: one at a time would cost a system call each.
    private let points: UnsafeMutableRawBufferPointer
    private let pointSlab = SecretSlab(capacity: 4_096)
    private var pointsTaken = 512

    /// Cells in use.
    private(set) var used = 0

    init() {
        guard let place = unsafe pointSlab.allocate(4_096) else { preconditionFailure("a new slab has its capacity") }
        unsafe points = unsafe place
    }

    /// A secret random number, for one response; what was given is wiped here.
    func nextPoint() -> UInt64 {
        if pointsTaken == 512 {
            var all = unsafe points.mutableBytes
            Random.fill(&all)
            pointsTaken = 0
        }
        let offset = pointsTaken * 8
        pointsTaken += 1
        let point = unsafe points.load(fromByteOffset: offset, as: UInt64.self)
        unsafe points.storeBytes(of: 0, toByteOffset: offset, as: UInt64.self)
        return point
    }

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
