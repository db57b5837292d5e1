import Model
import Testing

@Suite("Aliases and account names")
struct NamesTests {
    @Test(
        "that break the rule are no alias",
        arguments: ["", "A", "a_b", "a.b", "a/b", "a b", "ä", "a\u{301}", "\u{212a}", String(repeating: "a", count: 33), "a\n"])
    func refusesAlias(text: String) {
        #expect(Alias(text) == nil)
    }

    @Test(
        "that break the rule are no account name",
        arguments: ["", "Alice", ".a", "-a", "@a", "a b", "a/b", "a\"", "ä", String(repeating: "a", count: 65), "a\0"])
    func refusesAccountName(text: String) {
        #expect(AccountName(text) == nil)
    }

    @Test("are kept as written")
    func accepts() {
        for text in ["a", "openai-2", "-", String(repeating: "z", count: 32)] { #expect(Alias(text)?.text == text) }
        for text in ["a", "alice@example.com", "0._@+-", String(repeating: "z", count: 64)] { #expect(AccountName(text)?.text == text) }
    }
}
