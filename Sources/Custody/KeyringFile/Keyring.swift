import Primitives
import SecretMemory

/// A keyring that was read: its versions, and their keys in guarded memory. It lives for one batch.
///
/// Text form (FORMAT section 10): `# tacit keyring v1`, then a line a version, `number SP time SP base64url of 32 bytes`, numbers
/// ascending; every line ends with a line feed and nothing else is allowed.
struct Keyring: ~Copyable {
    /// Ascending, at least one.
    let versions: [KEKVersion]
    /// The first byte of the wraps made with it.
    let wrapKind: UInt8
    /// 32 bytes a version, in the same order.
    private let keys: SecretBytes

    static let header = "# tacit keyring v1\n"
    /// Most bytes a keyring file may have; room for more than 700 versions.
    static let maximumCount = 65_536

    /// - Throws: what is wrong, with the number of the line and nothing of what stands there.
    init(parsing text: borrowing SecretBytes, wrapKind: UInt8 = KeyringWrap.fileKind) throws(KeyringFormatError) {
        let lines = try text.withBytes { (text) throws(KeyringFormatError) in try Self.lines(text) }
        let keys = try SecretBytes(count: lines.count * AES256GCM.keyCount) { (keys) throws(KeyringFormatError) in
            try text.withBytes { (text) throws(KeyringFormatError) in
                for (index, line) in lines.enumerated() {
                    let start = index * AES256GCM.keyCount
                    var key = keys._mutatingExtracting(start..<start + AES256GCM.keyCount)
                    guard Base64URL.decode(from: text.extracting(line.key), into: &key) else {
                        throw KeyringFormatError(line: index + 2, "its key is not base64url of 32 bytes")
                    }
                }
            }
        }
        versions = lines.map(\.version)
        self.wrapKind = wrapKind
        self.keys = keys
    }

    /// Lends a version's 32 bytes; `nil` where the keyring does not have it.
    borrowing func withKey<R: ~Copyable, E: Error>(of version: UInt32, _ body: (RawSpan) throws(E) -> R) throws(E) -> R? {
        guard let index = versions.firstIndex(where: { $0.number == version }) else { return nil }
        let start = index * AES256GCM.keyCount
        return try keys.withBytes { (keys) throws(E) in try body(keys.extracting(start..<start + AES256GCM.keyCount)) }
    }

    private struct Line {
        let version: KEKVersion
        /// Where its key's text stands.
        let key: Range<Int>
    }

    private static func lines(_ text: RawSpan) throws(KeyringFormatError) -> [Line] {
        let header = Array(Self.header.utf8)
        guard text.byteCount >= header.count, header.indices.allSatisfy({ byte(text, $0) == header[$0] }) else {
            throw KeyringFormatError(line: 1, "it is not '# tacit keyring v1'")
        }
        var lines: [Line] = []
        var position = header.count
        while position < text.byteCount {
            let line = try line(text, at: position, number: lines.count + 2)
            if let last = lines.last, line.version.number <= last.version.number {
                throw KeyringFormatError(line: lines.count + 2, "its number does not ascend")
            }
            lines.append(line)
            position = line.key.upperBound + 1
        }
        guard !lines.isEmpty else { throw KeyringFormatError(line: 2, "there is no version") }
        return lines
    }

    /// Only number and time become text; the key's characters are not copied.
    private static func line(_ text: RawSpan, at start: Int, number: Int) throws(KeyringFormatError) -> Line {
        var digits = ""
        var position = start
        while position < text.byteCount, digits.utf8.count < 10, (48...57).contains(byte(text, position)) {
            digits.unicodeScalars.append(Unicode.Scalar(byte(text, position)))
            position += 1
        }
        guard let version = UInt32(digits), version >= 1, String(version) == digits else {
            throw KeyringFormatError(line: number, "it does not begin with a version number")
        }
        let time = position + 1..<position + 1 + KeyringTime.count
        let key = time.upperBound + 1..<time.upperBound + 1 + Base64URL.encodedCount(AES256GCM.keyCount)
        guard key.upperBound < text.byteCount, byte(text, position) == 32, byte(text, time.upperBound) == 32,
            byte(text, key.upperBound) == 10
        else { throw KeyringFormatError(line: number, "it is not 'number time key' with one space between and a line feed behind") }
        let timeText = String(decoding: time.map { byte(text, $0) }, as: UTF8.self)
        guard let createdAt = KeyringTime.parse(timeText) else { throw KeyringFormatError(line: number, "its time is not RFC 3339 in UTC") }
        return Line(version: KEKVersion(number: version, createdAt: createdAt), key: key)
    }

    private static func byte(_ text: RawSpan, _ offset: Int) -> UInt8 { unsafe text.unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
}

/// What is wrong with a keyring's text.
struct KeyringFormatError: Error, Equatable {
    /// From 1.
    let line: Int
    let reason: String

    init(line: Int, _ reason: String) {
        self.line = line
        self.reason = reason
    }
}

extension Keyring {
    /// The highest version.
    var current: UInt32 { versions.last?.number ?? 0 }  // a keyring has at least one
}
