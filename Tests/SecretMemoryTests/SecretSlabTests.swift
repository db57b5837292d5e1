import Glibc
import SecretMemory
import Testing

@Suite struct SecretSlabTests {
    @Test func whatDoesNotFitIsRefusedAndTakesNothing() {
        let slab = SecretSlab(capacity: 64)
        for count in [65, -1, Int.max, Int.min] {
            #expect(!slab.gives(count))
        }
        #expect(slab.used == 0)
        #expect(slab.gives(64))
        #expect(!slab.gives(1))
        #expect(slab.gives(0))
    }

    @Test func readingPastTheEndTraps() async {
        await #expect(processExitsWith: .signal(SIGSEGV)) {
            let slab = SecretSlab(capacity: 64)
            let slice = unsafe slab.allocate(64)
            unsafe print(slice?.baseAddress?.load(fromByteOffset: 64, as: UInt8.self) ?? 0)
        }
    }

    @Test func aSlabThatEndedCannotBeRead() async {
        await #expect(processExitsWith: .signal(SIGSEGV)) {
            var slab: SecretSlab? = SecretSlab(capacity: 64)
            let slice = unsafe slab?.allocate(64)
            slab = nil
            unsafe print(slice?.baseAddress?.load(as: UInt8.self) ?? 0)
        }
    }

    @Test func wipingClearsEverySliceAndTheirMemoryIsGivenOutAgain() throws {
        let slab = SecretSlab(capacity: 256)
        let first = unsafe slab.allocate(5)
        let second = unsafe slab.allocate(100)
        unsafe first?.initializeMemory(as: UInt8.self, repeating: 0xa5)
        unsafe second?.initializeMemory(as: UInt8.self, repeating: 0xa5)
        #expect(slab.used == 16 + 112)
        slab.wipeAll()
        #expect(slab.used == 0)
        let contents = unsafe (bytes(first), bytes(second))
        #expect(contents.0 == [UInt8](repeating: 0, count: 5))
        #expect(contents.1 == [UInt8](repeating: 0, count: 100))
        let reused = unsafe slab.allocate(5)?.baseAddress == first?.baseAddress
        #expect(reused)
    }

    @Test func wipingToAMarkLeavesWhatCameBefore() throws {
        let slab = SecretSlab(capacity: 256)
        let outer = unsafe slab.allocate(16)
        unsafe outer?.initializeMemory(as: UInt8.self, repeating: 1)
        let mark = slab.mark()
        let inner = unsafe slab.allocate(16)
        unsafe inner?.initializeMemory(as: UInt8.self, repeating: 2)
        slab.wipe(to: mark)
        let contents = unsafe (bytes(outer), bytes(inner))
        #expect(contents.0 == [UInt8](repeating: 1, count: 16))
        #expect(contents.1 == [UInt8](repeating: 0, count: 16))
        #expect(slab.used == 16)
    }

    @Test func aMarkAlreadyPassedChangesNothing() {
        let slab = SecretSlab(capacity: 64)
        _ = unsafe slab.allocate(32)
        let mark = slab.mark()
        slab.wipeAll()
        slab.wipe(to: mark)
        #expect(slab.used == 0)
    }

    @Test(arguments: [1, 15, 16, 17, 4095, 4096, 4097])
    func slicesAreAlignedAndTheCapacityIsAtLeastWhatWasAskedFor(capacity: Int) throws {
        let slab = SecretSlab(capacity: capacity)
        #expect(slab.capacity >= capacity && slab.capacity < capacity + 16)
        while let slice = unsafe slab.allocate(1) {
            let address = UInt(bitPattern: slice.baseAddress)
            #expect(address.isMultiple(of: 16))
        }
        #expect(slab.used == slab.capacity)
    }

    @Test func theMemoryIsLeftOutOfCoreDumps() throws {
        let slab = SecretSlab(capacity: 64)
        let address = UInt(bitPattern: unsafe slab.allocate(64)?.baseAddress)
        let flags = try MemoryMap.flags(at: address)
        #expect(flags.contains("dd"), "VmFlags: \(flags)")
    }

    private func bytes(_ slice: UnsafeMutableRawBufferPointer?) -> [UInt8]? {
        unsafe slice.map { unsafe [UInt8]($0) }
    }
}

extension SecretSlab {
    /// Whether there is room for a slice of `count` bytes, which is then taken.
    fileprivate func gives(_ count: Int) -> Bool {
        unsafe allocate(count) != nil
    }
}
