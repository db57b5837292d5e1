import SecretMemory
import Testing

@Suite struct ConstantTimeTests {
    @Test func oneBitAnywhereMakesADifference() {
        let original = [UInt8](repeating: 0x5a, count: 33)
        for bit in 0..<33 * 8 {
            var altered = original
            altered[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!constantTimeEqual(unsafe original.span.bytes, unsafe altered.span.bytes))
        }
    }

    @Test func otherLengthsAreNotEqual() {
        #expect(!constantTimeEqual(unsafe ([1, 2] as [UInt8]).span.bytes, unsafe ([1, 2, 0] as [UInt8]).span.bytes))
        #expect(!constantTimeEqual(unsafe [UInt8]().span.bytes, unsafe ([0] as [UInt8]).span.bytes))
    }

    @Test func sameBytesAreEqualAlsoWhenThereAreNone() {
        #expect(constantTimeEqual(unsafe ([1, 2, 3] as [UInt8]).span.bytes, unsafe ([1, 2, 3] as [UInt8]).span.bytes))
        #expect(constantTimeEqual(unsafe [UInt8]().span.bytes, unsafe [UInt8]().span.bytes))
    }
}
