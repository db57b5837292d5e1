import SecretMemory
import Testing

@testable import Custody

@Suite struct KeyringTests {
    private static let key = "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8"
    private static let other = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    private static let time = "2027-01-15T08:00:00Z"
    private static let good = "# tacit keyring v1\n1 \(time) \(key)\n"

    @Test(arguments: [
        (" ", 1), ("# tacit keyring v1", 1), ("# tacit keyring v2\n1 \(time) \(key)\n", 1),
        ("# tacit keyring v1\r\n1 \(time) \(key)\r\n", 1),
        ("\n" + good, 1), ("1 \(time) \(key)\n", 1), ("# tacit keyring v1\n", 2), ("# tacit keyring v1\n\n", 2),
        ("# tacit keyring v1\n1 \(time) \(key)", 2), ("# tacit keyring v1\n1 \(time) \(key)\r\n", 2),
        ("# tacit keyring v1\n1  \(time) \(key)\n", 2), ("# tacit keyring v1\n1\t\(time) \(key)\n", 2),
        ("# tacit keyring v1\n0 \(time) \(key)\n", 2), ("# tacit keyring v1\n01 \(time) \(key)\n", 2),
        ("# tacit keyring v1\n-1 \(time) \(key)\n", 2), ("# tacit keyring v1\n4294967296 \(time) \(key)\n", 2),
        ("# tacit keyring v1\n99999999999 \(time) \(key)\n", 2), ("# tacit keyring v1\nx \(time) \(key)\n", 2),
        ("# tacit keyring v1\n1 2027-02-30T08:00:00Z \(key)\n", 2), ("# tacit keyring v1\n1 \(time) \(key.dropLast())\n", 2),
        ("# tacit keyring v1\n1 \(time) \(key)A\n", 2), ("# tacit keyring v1\n1 \(time) \(key.dropLast())=\n", 2),
        ("# tacit keyring v1\n1 \(time) \(key.dropLast())9\n", 2), ("# tacit keyring v1\n1 \(time) +\(key.dropFirst())\n", 2),
        ("# tacit keyring v1\n1 \(time) \(key) \n", 2), (good + "1 \(time) \(other)\n", 3), (good + "\n", 3), (good + "# comment\n", 3),
        (good + "2 \(time) \(other)\n2 \(time) \(other)\n", 4), (good + "3 \(time) \(other)\n2 \(time) \(other)\n", 4), (good + "2", 3),
        (good + "2 \(time) ", 3), (good + "\0", 3),
    ])
    func `refuses anything but its one form, and names the line`(text: String, line: Int) {
        do throws(KeyringFormatError) {
            _ = try Keyring(parsing: secret(text))
            Issue.record("it was read")
        } catch {
            #expect(error.line == line)
            #expect(!error.reason.contains(Self.key))
        }
    }

    @Test func `refuses every shorter text`() {
        for count in 1..<Self.good.utf8.count {
            #expect(throws: KeyringFormatError.self, "\(count)") {
                try read(String(Self.good.prefix(count)))
            }
        }
    }

    @Test func `reads one version`() throws {
        let keyring = try Keyring(parsing: secret(Self.good))
        #expect(keyring.versions == [KEKVersion(number: 1, createdAt: 1_800_000_000)])
        #expect(keyring.current == 1)
        #expect(bytes(keyring, 1) == Array(0x40...0x5f))
        #expect(bytes(keyring, 2) == nil)
    }

    @Test func `reads several versions, also after old ones went`() throws {
        let keyring = try Keyring(
            parsing: secret("# tacit keyring v1\n3 \(Self.time) \(Self.key)\n4294967295 1970-01-01T00:00:00Z \(Self.other)\n"))
        #expect(keyring.versions.map(\.number) == [3, 4_294_967_295])
        #expect(keyring.current == 4_294_967_295)
        #expect(bytes(keyring, 3) == Array(0x40...0x5f))
        #expect(bytes(keyring, 4_294_967_295) == [UInt8](repeating: 0, count: 32))
    }

    private func read(_ text: String) throws(KeyringFormatError) { _ = try Keyring(parsing: secret(text)) }

    private func bytes(_ keyring: borrowing Keyring, _ version: UInt32) -> [UInt8]? {
        keyring.withKey(of: version) { key in
            (0..<key.byteCount).map { unsafe key.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
        }
    }

    private func secret(_ text: String) -> SecretBytes { unsafe SecretBytes(copying: Array(text.utf8).span.bytes) }
}
