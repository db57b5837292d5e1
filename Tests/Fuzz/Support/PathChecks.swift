import HTTPWire

/// The properties of paths that `PathPolicy` lets pass.
enum PathChecks {
    static func run(_ bytes: [UInt8], _ path: ByteRange) {
        let isPlain = passes(bytes, path, .refused)
        check(!isPlain || passes(bytes, path, .allowed), "a path that passes passes also where more is allowed")
        check(!isPlain || PathPolicy.hasPrefix(bytes.span, path, Array("/".utf8).span, for: .allowing), "a path lies under the root")
        for prefix in ["/v1", "/a/"].map({ Array($0.utf8) }) {
            let allows = PathPolicy.hasPrefix(bytes.span, path, prefix.span, for: .allowing)
            let denies = PathPolicy.hasPrefix(bytes.span, path, prefix.span, for: .denying)
            check(!allows || denies, "a deny-list's entry covers all that the same entry of an allow-list covers")
        }
        guard isPlain else { return }
        let once = PlainBytes.percentDecoded(Array(bytes[path.bounds]))
        check(!once.contains { $0 < 0x20 || $0 == 0x7f || $0 == 0x5c }, "a path that passes has no control byte and no backslash")
        check(segments(once).dropLast().allSatisfy { !$0.isEmpty }, "a path that passes has no empty segment")
        for segment in segments(once) {
            let name = Array(segment.prefix { $0 != 0x3b })
            check(name != [0x2e] && name != [0x2e, 0x2e], "a path that passes has no dot segment, parameters left out")
        }
        let twice = PlainBytes.percentDecoded(once)
        check(segments(twice).count == segments(once).count, "a path that passes has no further segment when decoded twice")
        for name in segments(twice) {
            check(name != [0x2e] && name != [0x2e, 0x2e], "a path that passes has no dot segment when decoded twice")
        }
    }

    /// What stands between slashes, from the first slash on.
    private static func segments(_ path: [UInt8]) -> [[UInt8]] {
        path.dropFirst().split(separator: 0x2f, omittingEmptySubsequences: false).map(Array.init)
    }

    private static func passes(_ bytes: [UInt8], _ path: ByteRange, _ slashes: PathPolicy.EncodedSlashes) -> Bool {
        do throws(HTTPWireError) {
            try PathPolicy.check(bytes.span, path, encodedSlashes: slashes)
            return true
        } catch {
            return false
        }
    }
}
