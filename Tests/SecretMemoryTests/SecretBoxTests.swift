import Glibc
import SecretMemory
import Testing

@Suite struct SecretBoxTests {
    @Test func anEmptiedBoxGivesNothing() throws {
        let box = SecretBox(SecretBytes(copying: unsafe ([1, 2, 3] as [UInt8]).span.bytes))
        let taken = box.take()
        let content = taken?.exposed
        #expect(content == [1, 2, 3])
        let again = box.take()?.exposed
        #expect(again == nil)
    }

    @Test func ofManyTasksOnlyOneGetsTheSecret() async {
        for _ in 0..<50 {
            let box = SecretBox(SecretBytes(copying: unsafe ([1, 2, 3] as [UInt8]).span.bytes))
            let winners = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let taken = box.take()
                        return taken == nil ? 0 : 1
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(winners == 1)
        }
    }

    @Test func aSecretNobodyTookEndsWithItsBox() async {
        await #expect(processExitsWith: .signal(SIGSEGV)) {
            let secret = SecretBytes(copying: unsafe ([1, 2, 3] as [UInt8]).span.bytes)
            let address = secret.address()
            do { _ = SecretBox(secret) }
            unsafe print(UnsafePointer<UInt8>(bitPattern: address)?.pointee ?? 0)
        }
    }
}
