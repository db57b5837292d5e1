import Foundation

/// A directory that is removed with the value. Its path is short enough for a socket.
final class TemporaryDirectory {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "tacit-\(UUID().uuidString.prefix(12))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    func path(_ name: String) -> String { url.appending(path: name).path() }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }
}
