import Primitives
import SecretMemory
import Testing

@Suite struct RandomTests {
    @Test func nothingIsGivenTwice() {
        #expect(Set((0..<100).map { _ in Random.bytes(16) }).count == 100)
        let equal = Random.secret(16).isEqual(to: Random.secret(16))
        #expect(!equal)
    }

    @Test func theWholeLengthIsFilled() {
        #expect(Random.bytes(0).isEmpty)
        for count in [1, 31, 32, 33, 5000] {
            // After 20 draws a byte that was never written would still be zero; one that was is zero with a chance of 2^-160.
            var seen = [UInt8](repeating: 0, count: count)
            for _ in 0..<20 {
                for (index, byte) in Random.bytes(count).enumerated() { seen[index] |= byte }
            }
            #expect(!seen.contains(0))
        }
    }
}
