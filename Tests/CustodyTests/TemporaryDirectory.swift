import Foundation

/// A place of its own for one test: a directory for the keyring (0700) and one for data beside it.
struct TemporaryDirectory {
    let root: String
    var keys: String { root + "/keys" }
    var data: String { root + "/data" }
    var keyring: String { keys + "/keyring" }

    init() throws {
        root = FileManager.default.temporaryDirectory.appendingPathComponent("tacit-custody-\(UUID().uuidString)").path
        for path in [root, root + "/keys", root + "/data"] {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: root) }

    func write(_ text: String, mode: Int = 0o600) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: keyring))
        try set(mode: mode, of: keyring)
    }

    func read() throws -> String { String(decoding: try Data(contentsOf: URL(fileURLWithPath: keyring)), as: UTF8.self) }

    func set(mode: Int, of path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    func mode(of path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
}
