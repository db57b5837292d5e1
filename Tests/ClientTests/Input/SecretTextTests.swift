import Client
import SecretMemory
import Testing

@Suite struct SecretTextTests {
    @Test(arguments: ["", " ", "\r\n\t ", "a\u{1}b", "a\nb", "sk-\u{1b}[31m", "a\u{7f}"])
    func refusesAKey(_ raw: String) {
        #expect(throws: ClientError.self) {
            let given: SecretBytes? = raw.isEmpty ? nil : secret(raw)
            _ = try SecretText.key(given).count
        }
    }

    @Test func refusesAKeyThatIsTooLong() {
        #expect(throws: ClientError.self) { _ = try SecretText.key(secret(String(repeating: "a", count: 16_385))).count }
    }

    @Test(arguments: [("sk-1", "sk-1"), (" \tsk-1\r\n", "sk-1"), ("a b", "a b"), ("\n\nschlüssel\n", "schlüssel")])
    func cutsWhiteSpaceAroundAKey(_ raw: String, _ expected: String) throws {
        #expect(text(try SecretText.key(secret(raw))) == expected)
    }

    @Test func takesTheLongestKeyWithSpaceAroundIt() throws {
        let key = String(repeating: "k", count: 16_384)
        #expect(try SecretText.key(secret("  \(key)\n")).count == 16_384)
    }

    @Test(arguments: ["short", "1234567", "äöüäöüä"])
    func refusesAShortPassphrase(_ passphrase: String) {
        #expect(throws: ClientError.self) { try SecretText.checkNewPassphrase(secret(passphrase)) }
    }

    @Test(arguments: ["12345678", "äöüäöüäö", "correct horse"])
    func takesAPassphraseOfEightCharacters(_ passphrase: String) throws {
        try SecretText.checkNewPassphrase(secret(passphrase))
    }
}
