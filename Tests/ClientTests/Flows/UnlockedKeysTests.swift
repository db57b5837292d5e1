import Model
import Testing

@testable import Client

@Suite struct UnlockedKeysTests {
    private func aliases(_ texts: [String]) throws -> [Alias] { try texts.map { try #require(Alias($0)) } }

    @Test(arguments: [
        ["openai", "other"], ["other"], ["openai", "openai"], [],
    ])
    func refusesOtherKeysThanWereAskedFor(given: [String]) throws {
        #expect(throws: ClientError.self) { try Owner.require(aliases(given), answer: aliases(["openai"])) }
    }

    @Test func refusesTwoKeysOfOneAliasWhereAllWereAskedFor() throws {
        #expect(throws: ClientError.self) { try Owner.require(aliases(["openai", "other", "openai"]), answer: []) }
        #expect(throws: ClientError.self) { try Owner.require([], answer: []) }
    }

    @Test func takesWhatWasAskedForInAnyOrder() throws {
        try Owner.require(aliases(["a", "b"]), answer: aliases(["b", "a", "b"]))
        try Owner.require(aliases(["a", "b"]), answer: [])
    }
}
