import HTTPWire
import Testing

/// Prefixes; what `check` refuses is in paths.vec.
@Suite struct PathPolicyTests {
    @Test(arguments: ["/v1x", "/v", "/", "/V1", "/v2/chat", "/v1%2fchat", "/v1;x/chat", "/%76"])
    func anAllowListDoesNotCoverWhatIsNotUnderIt(_ path: String) {
        #expect(!covers(path, "/v1", .allowing))
    }

    @Test(arguments: ["/v1", "/v1/", "/v1/chat", "/%761/chat", "/v%31"]) func anAllowListCoversWhatIsUnderIt(_ path: String) {
        #expect(covers(path, "/v1", .allowing))
    }

    @Test(arguments: [
        "/v1/keys", "/v1/keys/", "/v1/keys/a", "/V1/KEYS", "/v1/%6beys", "/v1/%4Beys", "/v1/keys;x=y", "/v1;a/keys", "/v1%2fkeys",
        "/v1/keys%2fa", "/v1/keys%3bx",
    ])
    func aDenyListIsNotEscapedBySpelling(_ path: String) {
        #expect(covers(path, "/v1/keys", .denying))
    }

    @Test(arguments: ["/v1/keysx", "/v1/key", "/v1", "/a/v1/keys"]) func aDenyListLeavesOtherPathsAlone(_ path: String) {
        #expect(!covers(path, "/v1/keys", .denying))
    }

    @Test func aPrefixThatEndsWithASlashCoversOnlyWhatIsUnderIt() {
        #expect(!covers("/v1", "/v1/", .allowing))
        #expect(covers("/v1/", "/v1/", .allowing))
        #expect(covers("/v1/a", "/v1/", .allowing))
    }

    @Test func theEmptyPrefixAndTheRootCoverEverything() {
        #expect(covers("/a", "", .allowing))
        #expect(covers("/a", "/", .denying))
    }

    private func covers(_ path: String, _ prefix: String, _ purpose: PathPolicy.Purpose) -> Bool {
        // The path lies within other bytes, as it does in a head.
        let bytes = Array("GET \(path) HTTP/1.1".utf8)
        return PathPolicy.hasPrefix(bytes.span, ByteRange(4, 4 + path.utf8.count), Array(prefix.utf8).span, for: purpose)
    }
}
