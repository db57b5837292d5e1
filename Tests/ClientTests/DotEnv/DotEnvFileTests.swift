import Client
import SecretMemory
import Testing

@Suite struct DotEnvFileTests {
    private func file(_ content: String) -> DotEnvFile { DotEnvFile(content: secret(content)) }

    @Test(arguments: [
        "# A=1", "just words", "=x", "1A=x", "A B=x", "A=\"open", "A='open", "A=\"a\\n\"", "A=\"$HOME\"", "A=\"x\" y", "export",
        "export =x", "",
    ])
    func findsNoAssignment(_ line: String) {
        #expect(file(line + "\n").entries.isEmpty)
    }

    @Test(arguments: [
        ("A=1", "A", "1"), ("export A=1", "A", "1"), ("  A = 1  ", "A", "1"), ("A='a b'", "A", "a b"), ("A=\"a b\" # c", "A", "a b"),
        ("A=a#b # c", "A", "a#b"), ("A=1\r", "A", "1"), ("exported=1", "exported", "1"), ("A='$HOME\\'", "A", "$HOME\\"),
    ])
    func readsAnAssignment(_ line: String, _ name: String, _ value: String) throws {
        let file = file(line + "\nB=2\n")
        let entry = try #require(file.entries.first)
        #expect(entry.name == name && entry.line == 1)
        #expect(optionalText(file.value(of: entry)) == value)
        #expect(file.entries.count == 2)
    }

    @Test func anEmptyValueIsNone() throws {
        let file = file("A=\nB=''\nC= # x\n")
        #expect(file.entries.count == 3)
        for entry in file.entries { #expect(optionalText(file.value(of: entry)) == nil) }
    }

    @Test func commentsChosenLinesOutAndLeavesTheRestAsItIs() throws {
        let file = file("# mine\r\nexport A=1\r\n\nB='2'\nC=3")
        let chosen = file.entries.filter { $0.name != "B" }
        #expect(text(file.commentingOut(chosen, note: "gone", keepsValue: true)) == "# mine\r\n# export A=1\r\n\nB='2'\n# C=3")
        #expect(text(file.commentingOut(chosen, note: "gone", keepsValue: false)) == "# mine\r\n# A= (gone)\r\n\nB='2'\n# C= (gone)")
    }

    @Test func refusesAFileThatIsNotThere() {
        #expect(throws: ClientError.self) { _ = try DotEnvFile(path: "/nonexistent/.env").entries }
    }
}
