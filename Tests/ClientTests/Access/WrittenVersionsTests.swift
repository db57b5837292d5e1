import Model
import Testing

@testable import Client

@Suite struct WrittenVersionsTests {
    private let writer = Blob([UInt8](repeating: 1, count: 32))
    private let owner = Blob([UInt8](repeating: 2, count: 32))

    @Test func looksAtThatWritersLiveVersionsOnly() throws {
        #expect(try items([(1, .active, owner)]).isEmpty)
        #expect(try items([(1, .retired, writer), (2, .active, owner)]).isEmpty)
        #expect(WrittenVersions(of: writer, in: [try key([(1, .active, writer)], revoked: true)]).items.isEmpty)
    }

    @Test func aKeyOnlyTheFileWroteIsRevoked() throws {
        #expect(try items([(1, .active, writer)]).map(\.remedy) == [.revoke])
        #expect(try items([(1, .retired, owner), (2, .active, writer)]).map(\.remedy) == [.revoke])
        #expect(try items([(1, .grace, writer), (2, .active, writer)]).map(\.remedy) == [.revoke])
        #expect(try items([(1, .pending, owner), (2, .active, writer)]).map(\.remedy) == [.revoke], "a pending value was never in use")
    }

    @Test func callsGoBackToTheNewestValueOfSomebodyElse() throws {
        #expect(
            try items([(1, .grace, owner), (2, .grace, owner), (3, .grace, writer), (4, .active, writer)]).map(\.remedy)
                == [.rollBack(to: 2, retiring: [3, 4])])
    }

    @Test func whatIsNotInUseIsRetired() throws {
        #expect(
            try items([(1, .active, owner), (2, .pending, writer), (3, .grace, writer)]).map(\.remedy) == [.retire([2, 3])])
    }

    private func items(_ versions: [(UInt32, KeyVersionState, Blob)]) throws -> [WrittenVersions.Item] {
        WrittenVersions(of: writer, in: [try key(versions)]).items
    }

    private func key(_ versions: [(UInt32, KeyVersionState, Blob)], revoked: Bool = false) throws -> KeyMessages.Key {
        KeyMessages.Key(
            keyID: try #require(KeyID(bytes: [UInt8](repeating: 7, count: 16))), alias: try #require(Alias("openai")), provider: "openai",
            destination: try Destination(url: "https://api.openai.com"), injection: .query(name: "key"), createdAt: 1,
            revokedAt: revoked ? 2 : nil,
            versions: versions.map { number, state, signer in
                KeyMessages.Version(
                    version: number, state: state, ciphertextDigest: Blob([]), dekCommitment: Blob([]),
                    signer: Signer(kind: signer == writer ? .writer : .identity, publicKey: signer), signature: Blob([]), signedAt: 1,
                    signedRevision: 0, createdAt: 1, accountSeal: nil)
            })
    }
}
