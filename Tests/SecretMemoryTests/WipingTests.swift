import SecretMemory
import Testing

@Suite struct WipingTests {
    @Test func anArrayBecomesZerosInPlace() {
        var array = [UInt8](repeating: 0xa5, count: 1000)
        let before = unsafe array.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
        wipe(&array)
        #expect(array == [UInt8](repeating: 0, count: 1000))
        let after = unsafe array.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
        #expect(before == after)
    }

    @Test func aSpanBecomesZerosAndNothingAroundIt() {
        var array = [UInt8](repeating: 0xa5, count: 8)
        unsafe array.withUnsafeMutableBytes { bytes in
            var span = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[2..<6]).mutableBytes
            wipe(&span)
        }
        #expect(array == [0xa5, 0xa5, 0, 0, 0, 0, 0xa5, 0xa5])
    }

    @Test func thereMayBeNothingToWipe() {
        var array: [UInt8] = []
        wipe(&array)
        unsafe wipe(UnsafeMutableRawBufferPointer(start: nil, count: 0))
        #expect(array.isEmpty)
    }
}
