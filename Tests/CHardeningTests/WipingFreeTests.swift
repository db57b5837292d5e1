import CHardening
import Glibc
import Testing

@Suite struct WipingFreeTests {
    private static let mark: UInt8 = 0xa5
    /// glibc keeps its list pointers at the start of a released block.
    private static let links = 16

    @Test func librariesReleaseMemoryThroughTheFreeThatWipes() {
        #expect(tacit_hardening_wiping_free_installed() == 1)
    }

    @Test(arguments: [24, 100, 1000])
    func aBlockThatMovesLeavesZerosBehind(count: Int) throws {
        let block = try #require(Block(count, filledWith: Self.mark))
        let moved = try #require(block.resized(to: 300_000))
        #expect(moved.address != block.address)
        #expect(moved.bytes(0..<count) == [UInt8](repeating: Self.mark, count: count))
        #expect(block.bytes(Self.links..<count).allSatisfy { $0 == 0 })
        moved.release()
    }

    @Test func aBlockThatShrinksLeavesNoTraceOfItsEnd() throws {
        let block = try #require(Block(5000, filledWith: Self.mark))
        let shrunk = try #require(block.resized(to: 100))
        #expect(shrunk.bytes(0..<100) == [UInt8](repeating: Self.mark, count: 100))
        // Another thread may have got the rest by now; what it must not find is a run of the old bytes.
        let rest = block.bytes(104..<5000)
        #expect(!rest.indices.dropLast(8).contains { start in rest[start..<start + 8].allSatisfy { $0 == Self.mark } })
        shrunk.release()
    }

    @Test func sizeZeroReleasesAndAnImpossibleSizeLeavesTheBlockAlone() throws {
        let gone = try #require(Block(40, filledWith: Self.mark))
        let none = gone.resized(to: 0)?.address
        #expect(none == nil)
        let kept = try #require(Block(40, filledWith: Self.mark))
        errno = 0
        let impossible = kept.resized(to: Int.max)?.address
        #expect(impossible == nil)
        #expect(errno == ENOMEM)
        #expect(kept.bytes(0..<40) == [UInt8](repeating: Self.mark, count: 40))
        errno = EBADF
        kept.release()
        #expect(errno == EBADF)
    }

    @Test func contentsSurviveManyResizingsOfPlainAndAlignedBlocks() throws {
        var random = SystemRandomNumberGenerator()
        for round in 0..<60 {
            let value = UInt8(truncatingIfNeeded: round)
            var count = Int.random(in: 1...2000, using: &random)
            let alignment = [nil, 64, 4096][round % 3]
            var block = try #require(Block(count, alignedTo: alignment, filledWith: value))
            for _ in 0..<30 {
                let most = Bool.random(using: &random) ? 600 : 300_000
                let next = Int.random(in: 1...most, using: &random)
                let resized = try #require(block.resized(to: next))
                let common = min(count, next)
                guard resized.bytes(0..<common) == [UInt8](repeating: value, count: common) else {
                    Issue.record("\(count) bytes lost their contents when resized to \(next)")
                    return
                }
                resized.fill(next, with: value)
                (block, count) = (resized, next)
            }
            block.release()
        }
    }
}
