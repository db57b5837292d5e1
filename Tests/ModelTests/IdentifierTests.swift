import Model
import Testing

@Suite struct IdentifierTests {
    private let counting = Array(UInt8(0)..<16)

    @Test(arguments: [0, 1, 15, 17, 32])
    func `no other length is an id`(count: Int) {
        #expect(KeyID(bytes: [UInt8](repeating: 1, count: count)) == nil)
        #expect(IdentifierWords([UInt8](repeating: 1, count: count).span) == nil)
    }

    @Test func `bytes come back as they went in`() throws {
        for bytes in [counting, counting.reversed(), [UInt8](repeating: 0xff, count: 16), [UInt8](repeating: 0, count: 16)] {
            let id = try #require(SessionID(bytes: bytes))
            #expect(id.bytes == bytes)
            #expect(SessionID(text: id.description) == id)
            var appended: [UInt8] = [9]
            id.words.append(to: &appended)
            #expect(appended == [9] + bytes)
        }
    }

    @Test func `every byte tells ids apart, and the first that differs orders them`() throws {
        let id = try #require(AccountID(bytes: counting))
        for place in 0..<16 {
            var bytes = counting
            bytes[place] |= 0x80
            let other = try #require(AccountID(bytes: bytes))
            #expect(other != id)
            #expect(id < other && !(other < id))
            if place > 0 {
                bytes[place - 1] = 0x40
                bytes[place] = 0
                #expect(try id < #require(AccountID(bytes: bytes)))
            }
        }
        #expect(!(id < id))
    }
}
