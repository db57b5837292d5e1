import ArgumentParser
import Client
import Model
import Testing

@testable import Commands

@Suite struct RotationArgumentTests {
    @Test(arguments: [
        ["rotate", "key"], ["rotate", "key", "openai", "--key-stdin", "--exec", "x"],
        ["rotate", "key", "openai", "--key-stdin", "--key-fd", "3"],
        ["rotate", "key", "openai", "--key-fd", "-1"], ["rotate", "key", "openai", "--probe-path", "/v1/models"], ["rotate", "dek"],
        ["rotate", "dek", "openai", "--all"], ["rotate", "due", "--probe"], ["rotate", "key", "Not An Alias"],
        ["access", "create", "nightly", "--can", "rotate"], ["access", "create", "nightly", "--out", "x"],
        ["access", "create", "", "--can", "rotate", "--out", "x"], ["lease", "create", "nightly", "--keys", "openai"],
        ["lease", "create", "nightly", "--token-file", "x"], ["revoke", "access"],
    ])
    func refusesAnAmbiguousOrIncompleteCommandLine(words: [String]) {
        #expect(throws: (any Error).self) { _ = try TacitCommand.parseAsRoot(words) }
    }

    @Test(arguments: [
        ["rotate", "key", "openai"], ["rotate", "key", "openai", "--exec", "new-key", "--probe", "--grace", "0"],
        ["rotate", "rollback", "openai"], ["rotate", "dek", "--all"], ["rotate", "passphrase"], ["rotate", "account-key"],
        ["rotate", "due", "--max-age", "30d"], ["account", "renew"], ["account", "slots"], ["access", "list"],
        ["access", "create", "nightly", "--can", "enrol,rotate,list,revoke", "--out", "x"], ["access", "revoke", "nightly"],
        ["revoke", "access", "nightly", "--written"], ["lease", "list"], ["lease", "revoke", "nightly"],
        ["lease", "create", "nightly", "--keys", "openai", "--token-file", "x", "--paths", "/v1/embeddings"],
    ])
    func takesTheFormsOfTheHelp(words: [String]) throws {
        _ = try TacitCommand.parseAsRoot(words)
    }

    @Test func readsRightsByName() throws {
        #expect(try Arguments.rights("rotate,enrol") == [.enroll, .rotate])
        #expect(try Arguments.rights("list, revoke,list") == [.list, .revoke])
        for bad in ["unlock", "rotate,all", "Rotate"] {
            #expect(throws: ClientError.self, "\(bad)") { _ = try Arguments.rights(bad) }
        }
    }

    @Test func noGraceIsWrittenAsZero() throws {
        #expect(try TimeText.secondsOrNone("0") == 0)
        #expect(try TimeText.secondsOrNone("24h") == 86_400)
        #expect(throws: ClientError.self) { _ = try TimeText.secondsOrNone("0h") }
    }
}
