import Glibc

/// What the kernel says about a page of this process.
enum MemoryMap {
    private enum Failure: Error { case unreadable, noSuchMapping }

    /// The two-letter flags of the mapping that holds `address` (`dd`: left out of core dumps, `lo`: locked). Source: proc(5), smaps.
    static func flags(at address: UInt) throws -> Set<Substring> {
        var inside = false
        for line in try text().split(separator: "\n") {
            let words = line.split(separator: " ")
            if inside, words.first == "VmFlags:" { return Set(words.dropFirst()) }
            let range = (words.first ?? "").split(separator: "-").compactMap { UInt($0, radix: 16) }
            if range.count == 2 { inside = range[0] <= address && address < range[1] }
        }
        throw Failure.noSuchMapping
    }

    /// Reads until the end: the file has no size, and Foundation stops at what one call gives.
    private static func text() throws -> String {
        let file = unsafe open("/proc/self/smaps", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Failure.unreadable }
        defer { close(file) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe read(file, &part, part.count)
            guard count >= 0 else { throw Failure.unreadable }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += part[..<count]
        }
    }
}
