import Primitives
import SecretMemory

extension Keyring {
    /// The text of a keyring with one version.
    /// - Parameter key: 32 bytes.
    static func text(of version: KEKVersion, key: borrowing SecretBytes) throws(CustodyError) -> SecretBytes {
        try key.withBytes { (key) throws(CustodyError) in
            let head = Array(header.utf8)
            return try SecretBytes(count: head.count + lineCount(of: version)) { (text) throws(CustodyError) in
                var position = 0
                append(head, to: &text, at: &position)
                try appendLine(version, key, to: &text, at: &position)
            }
        }
    }

    /// The text of this keyring with one more version, which becomes current.
    /// - Parameters:
    ///   - version: its number is higher than all others.
    ///   - key: 32 bytes.
    /// - Throws: `.misconfigured` where the text becomes longer than a keyring may be.
    borrowing func text(adding version: KEKVersion, key: borrowing SecretBytes) throws(CustodyError) -> SecretBytes {
        try text(keeping: versions, adding: version, key: key)
    }

    /// The text of this keyring without a version.
    borrowing func text(without version: UInt32) throws(CustodyError) -> SecretBytes {
        try text(keeping: versions.filter { $0.number != version }, adding: nil, key: Random.secret(AES256GCM.keyCount))
    }

    private borrowing func text(
        keeping kept: [KEKVersion], adding added: KEKVersion?, key: borrowing SecretBytes
    ) throws(CustodyError) -> SecretBytes {
        let head = Array(Self.header.utf8)
        let count = head.count + (kept + (added.map { [$0] } ?? [])).map(Self.lineCount).reduce(0, +)
        guard count <= Self.maximumCount else {
            throw .misconfigured("the keyring holds \(versions.count) versions and has no room for another; run: tacit kek retire VERSION")
        }
        return try SecretBytes(count: count) { (text) throws(CustodyError) in
            var position = 0
            Self.append(head, to: &text, at: &position)
            for version in kept {
                let line: Void? = try withKey(of: version.number) { (key) throws(CustodyError) in
                    try Self.appendLine(version, key, to: &text, at: &position)
                }
                guard line != nil else { throw .unknownVersion(version.number) }
            }
            if let added {
                try key.withBytes { (key) throws(CustodyError) in try Self.appendLine(added, key, to: &text, at: &position) }
            }
        }
    }

    private static func lineHead(of version: KEKVersion) -> [UInt8] {
        Array("\(version.number) \(KeyringTime.text(version.createdAt)) ".utf8)
    }

    private static func lineCount(of version: KEKVersion) -> Int {
        lineHead(of: version).count + Base64URL.encodedCount(AES256GCM.keyCount) + 1
    }

    private static func appendLine(
        _ version: KEKVersion, _ key: RawSpan, to text: inout MutableRawSpan, at position: inout Int
    ) throws(CustodyError) {
        append(lineHead(of: version), to: &text, at: &position)
        let end = position + Base64URL.encodedCount(key.byteCount)
        var place = text._mutatingExtracting(position..<end)
        do throws(PrimitiveError) { try Base64URL.encode(key, into: &place) } catch { throw CustodyError(error) }
        position = end
        append([0x0a], to: &text, at: &position)
    }

    private static func append(_ bytes: [UInt8], to text: inout MutableRawSpan, at position: inout Int) {
        for byte in bytes {
            text.storeBytes(of: byte, toByteOffset: position, as: UInt8.self)
            position += 1
        }
    }
}
