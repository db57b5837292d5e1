import Client
import Model
import Testing

@Suite struct AccountReferenceTests {
    @Test(arguments: ["", "Alice", "a b", "-a", "alice@", "@AAAAAAAAAAAAAAAAAAAAAA", "al\u{0}ice"])
    func refusesWhatIsNoAccount(_ text: String) {
        if text == "alice@" {
            // An "@" at the end belongs to the name: names may hold it anywhere but in front.
            #expect((try? AccountReference(parsing: text))?.id == nil)
        } else {
            #expect(throws: ClientError.self) { try AccountReference(parsing: text) }
        }
    }

    @Test func readsANameAndAPinnedId() throws {
        let id = try accountID(7)
        let reference = try AccountReference(parsing: "alice@\(id)")
        #expect(reference == AccountReference(name: try #require(AccountName("alice")), id: id))
        #expect(try AccountReference(parsing: reference.description) == reference)
    }

    @Test func aMailAddressIsAName() throws {
        let reference = try AccountReference(parsing: "alice@example.com")
        #expect(reference.id == nil && reference.name.text == "alice@example.com")
    }

    @Test func aMailAddressMayBePinnedToo() throws {
        let id = try accountID(9)
        let reference = try AccountReference(parsing: "alice@example.com@\(id)")
        #expect(reference.id == id && reference.name.text == "alice@example.com")
    }
}
