import Client
import Testing

@testable import Commands

@Suite struct UnitTextTests {
    @Test(arguments: ["a\nb", "\u{7f}", "a\tb"])
    func refusesWhatIsNoPartOfALine(_ text: String) {
        #expect(throws: ClientError.self) { try UnitText.argument(text) }
    }

    @Test(arguments: [
        ("/usr/bin/tacit", "/usr/bin/tacit"), ("", "\"\""), ("a b", "\"a b\""), ("100%", "100%%"), ("$HOME", "$$HOME"),
        ("a\"b", "\"a\\\"b\""), ("a\\b", "\"a\\\\b\""), ("a'b", "\"a'b\""), ("a;b", "\"a;b\""), ("é", "\"é\""),
    ])
    func quotesWhatSystemdWouldRead(_ text: String, _ quoted: String) throws {
        #expect(try UnitText.argument(text) == quoted)
    }

    @Test func theSystemUnitNamesDataAndKeyringUnlessTold() throws {
        func line(_ arguments: [String]) throws -> String {
            let units = ServiceUnits(scope: .system, program: "/opt/tacit", serveArguments: arguments, controlSocket: nil)
            let text = try #require(try units.files().first).text
            return try #require(text.split(separator: "\n").first { $0.hasPrefix("ExecStart=") }.map(String.init))
        }
        #expect(try line([]) == "ExecStart=/opt/tacit serve --data /var/lib/tacit --kek file:/etc/tacit/keyring")
        #expect(try line(["--data=/srv/t"]) == "ExecStart=/opt/tacit serve --kek file:/etc/tacit/keyring --data=/srv/t")
        #expect(try line(["--kek", "file:/k", "--data", "/d"]) == "ExecStart=/opt/tacit serve --kek file:/k --data /d")
    }

    @Test func onlyTheMachinesServiceHasItsOwnUser() throws {
        func broker(_ scope: ServiceScope) throws -> String {
            try #require(try ServiceUnits(scope: scope, program: "/t", serveArguments: [], controlSocket: nil).files().first).text
        }
        #expect(try broker(.system).contains("\nUser=tacit\n"))
        #expect(try !broker(.user).contains("User="))
    }
}
