import Glibc

/// Whether something stands at a path.
enum FileExistence {
    static func of(_ path: String) -> Bool {
        unsafe access(path, F_OK) == 0
    }
}
