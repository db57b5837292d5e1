import FoundationEssentials

/// One file of `Tests/Vectors`: where its values come from, what outcome it asks for, and the values.
/// The format is described in `Tests/Vectors/README.md`. Vectors are public test data, so plain strings and arrays are right here.
package struct TestVector: Sendable, CustomStringConvertible {
    /// File name without its ending.
    package let name: String
    /// Where the values come from.
    package let source: String
    /// The outcome asked for.
    package let expectation: VectorExpectation

    private let fields: [String: String]

    /// The file's name, which test output shows.
    package var description: String { name }

    /// Reads a vector from its text.
    /// - Parameters:
    ///   - required: keys each vector must have besides `source` and `expect`.
    ///   - optional: keys it may have; any other key is an error.
    /// - Throws: for a line that is no `key: value`, an unknown, repeated or missing key, or an unknown outcome.
    package init(name: String, text: String, required: Set<String>, optional: Set<String> = []) throws(VectorError) {
        var fields: [String: String] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let colon = line.firstIndex(of: ":") else { throw VectorError("\(name): no colon in '\(line)'") }
            let key = String(line[..<colon])
            let rest = line[line.index(after: colon)...]
            guard rest.isEmpty || rest.hasPrefix(" ") else { throw VectorError("\(name): no space after '\(key):'") }
            guard required.contains(key) || optional.contains(key) || key == "source" || key == "expect" else {
                throw VectorError("\(name): unknown key '\(key)'")
            }
            guard fields.updateValue(String(rest.dropFirst()), forKey: key) == nil else { throw VectorError("\(name): '\(key)' twice") }
        }
        for key in required.sorted() where fields[key] == nil { throw VectorError("\(name): '\(key)' is missing") }
        guard let source = fields["source"], !source.isEmpty else { throw VectorError("\(name): 'source' is missing") }
        guard let expect = fields["expect"] else { throw VectorError("\(name): 'expect' is missing") }
        self.name = name
        self.source = source
        self.fields = fields
        expectation = try VectorExpectation(parsing: expect)
    }

    /// Every vector of `folder` (below `Tests/Vectors`) whose file name begins with `prefix`, ordered by name.
    /// - Throws: when a file is wrong, or when there is none: a test over nothing would pass.
    package static func load(
        _ folder: String, prefix: String = "", required: Set<String>, optional: Set<String> = []
    ) throws -> [TestVector] {
        let directory = try root() + "/" + folder
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
            .filter { $0.hasSuffix(".vec") && $0.hasPrefix(prefix) }
        guard !names.isEmpty else { throw VectorError("no vectors '\(prefix)*' in \(folder)") }
        return try names.sorted().map { file in
            let text = try String(contentsOfFile: directory + "/" + file, encoding: .utf8)
            return try TestVector(name: String(file.dropLast(4)), text: text, required: required, optional: optional)
        }
    }

    /// Whether the vector has this key.
    package func has(_ key: String) -> Bool {
        fields[key] != nil
    }

    /// The value of `key` as text.
    /// - Throws: when the vector has no such key.
    package func text(_ key: String) throws(VectorError) -> String {
        guard let value = fields[key] else { throw VectorError("\(name): '\(key)' is missing") }
        return value
    }

    /// The value of `key` as bytes.
    /// - Throws: when it is missing or not lower-case hexadecimal.
    package func bytes(_ key: String) throws(VectorError) -> [UInt8] {
        let text = try text(key)
        let alphabet = Array("0123456789abcdef".utf8)
        let digits = text.utf8.compactMap { alphabet.firstIndex(of: $0) }
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else {
            throw VectorError("\(name): '\(key)' is not lower-case hexadecimal")
        }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    /// The value of `key` as a number.
    /// - Throws: when it is missing or not a decimal number that `T` holds.
    package func number<T: FixedWidthInteger>(_ key: String, as type: T.Type = T.self) throws(VectorError) -> T {
        guard let value = try T(text(key), radix: 10) else { throw VectorError("\(name): '\(key)' is not a number") }
        return value
    }

    /// `Tests/Vectors`, found from this file's place in the checkout.
    private static func root() throws(VectorError) -> String {
        let parts = "\(#filePath)".split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count > 4 else { throw VectorError("this file is not where it was written: \(#filePath)") }
        return parts.dropLast(4).joined(separator: "/") + "/Tests/Vectors"
    }
}
