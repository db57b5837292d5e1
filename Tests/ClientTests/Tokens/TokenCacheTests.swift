import Client
import Glibc
import Model
import Testing

@Suite struct TokenCacheTests {
    private func description(_ broker: String = "unix:/a", expiresAt: UInt64 = 1000) throws -> CachedToken {
        CachedToken(
            broker: broker, account: try #require(AccountName("alice")),
            sessionID: try #require(SessionID(bytes: [UInt8](repeating: 3, count: 16))), expiresAt: expiresAt,
            keys: [CachedToken.Key(alias: try #require(Alias("openai")), provider: "openai")])
    }

    private func isKept(_ loaded: consuming LoadedToken?) -> Bool { loaded != nil }

    private let token = "tct_" + String(repeating: "A", count: 64)

    @Test func keepsNothingWithoutADirectory() throws {
        let cache = TokenCache(directory: nil)
        #expect(!cache.isEnabled)
        #expect(try cache.store(secret(token), description()) == nil)
        #expect(!isKept(try cache.load(broker: "unix:/a", account: description().account)))
    }

    @Test func keepsATokenForItsUserAlone() throws {
        let directory = TemporaryDirectory()
        let cache = TokenCache(directory: directory.path + "/tacit")
        let path = try #require(try cache.store(secret(token), description()))
        #expect(directory.mode("tacit") == 0o700)
        #expect(directory.mode(String(path.dropFirst(directory.path.count + 1))) == 0o600)
        let loaded = try cache.load(broker: "unix:/a", account: description().account)
        if let loaded {
            #expect(try loaded.description == description())
            #expect(text(loaded.token) == token)
        } else {
            Issue.record("nothing was loaded")
        }
    }

    @Test func refusesAFileThatOthersCanRead() throws {
        let directory = TemporaryDirectory()
        let cache = TokenCache(directory: directory.path)
        let path = try #require(try cache.store(secret(token), description()))
        _ = unsafe chmod(path, 0o640)
        #expect(throws: ClientError.self) { _ = try cache.load(broker: "unix:/a", account: description().account) == nil }
    }

    @Test func refusesAFileOfAnotherForm() throws {
        let directory = TemporaryDirectory()
        let cache = TokenCache(directory: directory.path)
        let path = try #require(try cache.store(secret(token), description()))
        for content in ["short", token + "x{}", token + "\n{}", token + "\n{\"more\":1}"] {
            try unsafe PrivateFile.replace(path, with: Array(content.utf8).span.bytes)
            #expect(throws: ClientError.self) { _ = try cache.load(broker: "unix:/a", account: description().account) == nil }
        }
    }

    @Test func tokensOfTwoBrokersAreApart() throws {
        let directory = TemporaryDirectory()
        let cache = TokenCache(directory: directory.path)
        try cache.store(secret(token), description())
        #expect(!isKept(try cache.load(broker: "unix:/b", account: description().account)))
        try cache.store(secret(token), description("unix:/b"))
        cache.remove(broker: "unix:/a", account: try description().account)
        #expect(!isKept(try cache.load(broker: "unix:/a", account: description().account)))
        #expect(isKept(try cache.load(broker: "unix:/b", account: description().account)))
    }

    @Test func aTokenCoversItsKeysWhileItLasts() throws {
        let token = try description(expiresAt: 1000)
        let openai = try #require(Alias("openai"))
        let other = try #require(Alias("other"))
        #expect(token.covers([openai], at: 900))
        #expect(token.covers([], at: 900))
        #expect(!token.covers([openai], at: 995))
        #expect(!token.covers([openai], at: UInt64.max))
        #expect(!token.covers([openai, other], at: 900))
    }
}
