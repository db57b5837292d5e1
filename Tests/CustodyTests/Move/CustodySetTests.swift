import Synchronization
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
        #expect(try await set.finishMove(generation: set.pinned.generation) { _ in true } == false, "there is none")
        try await set.beginMove(to: keyrings[1]) { $0 == keyrings[0].uri }
        let first = set.pinned
        #expect(try await set.finishMove(generation: first.generation - 1) { _ in true } == false)
        #expect(try await set.finishMove(generation: first.generation) { _ in false } == false, "rows are left")
        #expect(set.predecessor == keyrings[0].uri)
        #expect(try file.read()?.isFinished == false)
        #expect(try await set.finishMove(generation: first.generation) { $0 == keyrings[1].uri })
        #expect(set.predecessor == nil)
        #expect(try file.read()?.isFinished == true)
        try await set.beginMove(to: keyrings[2]) { _ in true }
        #expect(try await set.finishMove(generation: first.generation) { _ in true } == false)
        #expect(set.predecessor == keyrings[1].uri)
        #expect(try file.read()?.isFinished == false)
    }

    @Test func `no move begins away from a custody that the store is not under any more`() async throws {
        let place = try TemporaryDirectory()
        defer { place.remove() }
        let second = place.keys + "/second"
        for path in [place.keyring, second] { try KeyringFile.create(at: path, dataDirectory: place.data, now: 1) }
        let file = CustodyMoveFile(directory: place.keys, storeID: "store")
        let set = CustodySet(try KeyringFile(path: place.keyring, dataDirectory: place.data), file: file)
        let target = try KeyringFile(path: second, dataDirectory: place.data)
        await #expect(throws: CustodyError.self) { try await set.beginMove(to: target) { _ in false } }
        #expect(set.predecessor == nil)
        #expect(try file.read() == nil)
    }

    @Test func `a move that ended says nothing of another address, and an older database is not taken for the one it moved`() async throws {
        let place = try TemporaryDirectory()
        defer { place.remove() }
        let file = CustodyMoveFile(directory: place.keys, storeID: "store")
        try file.makeDirectory()
        try file.write(CustodyMove(from: "a", to: "b", isFinished: true))
        let opened = Opened()
        let opener: CustodySet.Opener = { (uri, _) async throws(CustodyError) in
            opened.add(uri)
            return try KeyringFile(path: place.keyring, dataDirectory: place.data)
        }
        try KeyringFile.create(at: place.keyring, dataDirectory: place.data, now: 1)
        for (uri, standing, expected) in [
            ("c", "b", "c"), ("a", "b", "b"), ("b", "b", "b"), ("b", "a", "b"), ("a", nil, "b"),
        ] as [(String, String?, String)] {
            let set = try await CustodySet.start(uri: uri, standing: standing, file: file, opener: opener).set
            #expect(opened.take() == [expected], "\(uri) where the store says \(standing ?? "nothing")")
            guard expected != "b" else { continue }
            #expect(try await set.follow() == false)
            #expect(opened.take() == [], "nor is it followed")
        }
        // A later one counts.
        let set = try await CustodySet.start(uri: "c", standing: "b", file: file, opener: opener).set
        try file.write(CustodyMove(from: "c", to: "d", isFinished: false))
        #expect(try await set.follow())
        #expect(opened.take() == ["c", "d", "c"])
        // A database from before a move is not used without being told so.
        try file.write(CustodyMove(from: "a", to: "b", isFinished: true))
        await #expect(throws: CustodyError.self) { try await CustodySet.start(uri: "a", standing: "a", file: file, opener: opener) }
        #expect(opened.take() == [])
    }

    private final class Opened: Sendable {
        private let uris = Mutex<[String]>([])
        func add(_ uri: String) { uris.withLock { $0.append(uri) } }
        func take() -> [String] {
            uris.withLock { uris in
                defer { uris = [] }
                return uris
            }
        }
    }
}
