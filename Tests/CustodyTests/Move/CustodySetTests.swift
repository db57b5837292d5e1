import Testing

@testable import Custody

@Suite struct CustodySetTests {
    @Test func `only the move that was seen to is finished`() async throws {
        let place = try TemporaryDirectory()
        defer { place.remove() }
        let paths = [place.keyring, place.keys + "/second", place.keys + "/third"]
        let keyrings = try paths.map { path in
            try KeyringFile.create(at: path, dataDirectory: place.data, now: 1)
            return try KeyringFile(path: path, dataDirectory: place.data)
        }
        let file = CustodyMoveFile(directory: place.keys, storeID: "store")
        let set = CustodySet(keyrings[0], file: file)
        #expect(try await set.finishMove(generation: set.pinned.generation) == false, "there is none")
        try await set.beginMove(to: keyrings[1])
        let first = set.pinned
        #expect(try await set.finishMove(generation: first.generation - 1) == false)
        #expect(set.predecessor == keyrings[0].uri)
        #expect(try file.read()?.isFinished == false)
        #expect(try await set.finishMove(generation: first.generation))
        #expect(set.predecessor == nil)
        #expect(try file.read()?.isFinished == true)
        try await set.beginMove(to: keyrings[2])
        #expect(try await set.finishMove(generation: first.generation) == false)
        #expect(set.predecessor == keyrings[1].uri)
        #expect(try file.read()?.isFinished == false)
    }
}
