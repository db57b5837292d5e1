import Client
import Glibc
import SecretMemory
import Testing

@Suite struct SecretReaderTests {
    /// The reading end of a pipe with these bytes in it, the writing end closed.
    private func pipe(_ content: String) -> Int32 {
        var ends: [Int32] = [0, 0]
        _ = unsafe Glibc.pipe(&ends)
        let bytes = Array(content.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(ends[1], $0.baseAddress, $0.count) }
        close(ends[1])
        return ends[0]
    }

    @Test func refusesADescriptorThatIsNotOpen() {
        #expect(throws: ClientError.self) { _ = try SecretReader.readLine(9_999, limit: 10) == nil }
    }

    @Test func refusesMoreThanTheLimit() {
        let whole = pipe("12345")
        let line = pipe("12345\n")
        defer {
            close(whole)
            close(line)
        }
        #expect(throws: ClientError.self) { _ = try SecretReader.readAll(whole, limit: 4) == nil }
        #expect(throws: ClientError.self) { _ = try SecretReader.readLine(line, limit: 4) == nil }
    }

    @Test func anEmptyStreamOrLineIsNothing() throws {
        for content in ["", "\n"] {
            let end = pipe(content)
            defer { close(end) }
            #expect(optionalText(try SecretReader.readLine(end, limit: 10)) == nil)
        }
        let end = pipe("")
        defer { close(end) }
        #expect(optionalText(try SecretReader.readAll(end, limit: 10)) == nil)
    }

    @Test func readsTheFirstLineAndLeavesTheRest() throws {
        let end = pipe("first\nsecond")
        defer { close(end) }
        #expect(optionalText(try SecretReader.readLine(end, limit: 5)) == "first")
        #expect(optionalText(try SecretReader.readAll(end, limit: 6)) == "second")
    }
}
