import Glibc
import SecretMemory
import Testing

private enum FillError: Error { case refused }

@Suite struct SecretBytesTests {
    @Test func readingPastTheEndTraps() async {
        await #expect(processExitsWith: .signal(SIGSEGV)) {
            let secret = SecretBytes(count: 5) { _ in }
            secret.withBytes { bytes in
                unsafe bytes.withUnsafeBytes { buffer in
                    let end = unsafe buffer.baseAddress?.advanced(by: 5)
                    unsafe print(end?.load(as: UInt8.self) ?? 0)
                }
            }
        }
    }

    @Test func writingBeforeTheStartStopsTheProcessWhenTheSecretEnds() async {
        await #expect(processExitsWith: .signal(SIGSEGV)) {
            _ = SecretBytes(count: 5) { span in
                unsafe span.withUnsafeMutableBytes { buffer in
                    unsafe buffer.baseAddress?.advanced(by: -1).storeBytes(of: 1, as: UInt8.self)
                }
            }
        }
    }

    @Test func aSecretThatEndedCannotBeRead() async {
        await #expect(processExitsWith: .signal(SIGSEGV)) {
            let address = SecretBytes(copying: unsafe [UInt8](repeating: 0xa5, count: 32).span.bytes).address()
            unsafe print(UnsafePointer<UInt8>(bitPattern: address)?.pointee ?? 0)
        }
    }

    @Test func aSecretWhoseFillingThrowsCannotBeReadLater() async {
        await #expect(processExitsWith: .signal(SIGSEGV)) {
            var address: UInt = 0
            _ = try? SecretBytes(count: 32) { (span) throws(FillError) in
                unsafe span.withUnsafeMutableBytes { address = UInt(bitPattern: $0.baseAddress) }
                throw .refused
            }
            unsafe print(UnsafePointer<UInt8>(bitPattern: address)?.pointee ?? 0)
        }
    }

    @Test func theErrorOfAFillingIsPassedOn() {
        #expect(throws: FillError.refused) {
            _ = try SecretBytes(count: 32) { (_) throws(FillError) in throw .refused }
        }
    }

    @Test func aSecretWithoutBytesStopsTheProcess() async {
        await #expect(processExitsWith: .failure) { _ = SecretBytes(count: 0) { _ in } }
        await #expect(processExitsWith: .failure) { _ = SecretBytes(copying: unsafe [UInt8]().span.bytes) }
    }

    @Test func secretsOfOtherLengthOrContentAreNotEqual() {
        let secret = SecretBytes(copying: unsafe ([1, 2, 3] as [UInt8]).span.bytes)
        for other: [UInt8] in [[1, 2, 4], [1, 2], [1, 2, 3, 0]] {
            let equal = secret.isEqual(to: SecretBytes(copying: unsafe other.span.bytes))
            #expect(!equal)
        }
    }

    @Test func fillingBeginsWithZerosAndKeepsWhatIsWritten() {
        let secret = SecretBytes(count: 3) { span in
            let before = unsafe span.withUnsafeBytes { unsafe [UInt8]($0) }
            #expect(before == [0, 0, 0])
            unsafe span.withUnsafeMutableBytes { unsafe $0[1] = 7 }
        }
        let (content, count) = (secret.exposed, secret.count)
        #expect(content == [0, 7, 0])
        #expect(count == 3)
    }

    @Test func aCopyIsEqualAndLivesInMemoryOfItsOwn() {
        let secret = SecretBytes(copying: unsafe ([1, 2, 3] as [UInt8]).span.bytes)
        let copy = secret.copy()
        let (equal, samePlace) = (secret.isEqual(to: copy), secret.address() == copy.address())
        #expect(equal)
        #expect(!samePlace)
    }

    @Test func theMemoryIsLeftOutOfCoreDumps() throws {
        let secret = SecretBytes(count: 32) { _ in }
        let flags = try MemoryMap.flags(at: secret.address())
        #expect(flags.contains("dd"), "VmFlags: \(flags)")
    }
}
