import Model
import SecretMemory
import Testing

@testable import Broker

struct AssistedUnlockRequestTests {
    private func parse(_ text: String) throws -> AssistedUnlockRequest {
        let bytes = Array(text.utf8)
        return try AssistedUnlockRequest(parsing: unsafe bytes.span.bytes)
    }

    private func passphrase(_ request: AssistedUnlockRequest) throws -> String {
        try TestOwner.unwrapped(request.passphrase.take()).withBytes { bytes in
            unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test(arguments: [
        "", "[]", "null", "{", "{}", "{\"name\":\"alice\",\"ttl_seconds\":1}", "{\"passphrase\":\"x\"}",
        "{\"name\":\"alice\",\"passphrase\":\"\",\"ttl_seconds\":1}", "{\"name\":\"alice\",\"passphrase\":\"x\",\"ttl_seconds\":1} x",
        "{\"name\":\"alice\",\"passphrase\":\"x\",\"passphrase\":\"y\",\"ttl_seconds\":1}",
        "{\"name\":\"alice\",\"name\":\"bob\",\"passphrase\":\"x\",\"ttl_seconds\":1}",
        "{\"name\":\"alice\",\"pass\\u0070hrase\":\"x\",\"ttl_seconds\":1}", "{\"name\":\"alice\",\"passphrase\":12,\"ttl_seconds\":1}",
        "{\"name\":\"alice\",\"passphrase\":\"x,\"ttl_seconds\":1}", "{\"name\":\"alice\",\"passphrase\":\"\\x\",\"ttl_seconds\":1}",
        "{\"name\":\"alice\",\"passphrase\":\"\\ud800\",\"ttl_seconds\":1}",
        "{\"name\":\"alice\",\"passphrase\":\"\\udc00x\",\"ttl_seconds\":1}",
        "{\"name\":\"alice\",\"passphrase\":\"a\nb\",\"ttl_seconds\":1}", "{\"name\":\"Alice\",\"passphrase\":\"x\",\"ttl_seconds\":1}",
        "{\"name\":\"alice\",\"passphrase\":\"x\",\"ttl_seconds\":-1}",
        "{\"name\":\"alice\",\"passphrase\":\"x\",\"ttl_seconds\":1,\"aliases\":[1]}",
        "{\"name\":\"alice\",\"passphrase\":\"x\",\"ttl_seconds\":1,}", "{,\"name\":\"alice\",\"passphrase\":\"x\",\"ttl_seconds\":1}",
        "{\"name\":\"alice\",\"passphrase\":\"x\",\"ttl_seconds\":1,\"aliases\":[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]}",
    ])
    func refusesWhatIsNotTheMessage(text: String) {
        #expect(throws: BrokerError(.malformed, "")) { try parse(text) }
    }

    @Test func refusesUnknownFieldsWithoutRepeatingThem() throws {
        do {
            _ = try parse("{\"name\":\"alice\",\"passphrase\":\"x\",\"ttl_seconds\":1,\"hunter2\":\"x\"}")
            Issue.record("not refused")
        } catch let error as BrokerError {
            #expect(error.code == .unknownField)
            #expect(!error.message.contains("hunter2"))
        }
        #expect(throws: BrokerError(.unknownField, "")) {
            try parse(
                "{\"name\":\"alice\",\"passphrase\":\"x\",\"ttl_seconds\":1,\"policy\":{\"kind\":1,\"methods\":[],\"paths\":[],\"origins\":[],\"maximum_requests\":0,\"rate\":0,\"burst\":0,\"maximum_concurrent\":0,\"idle_seconds\":0,\"allows_upgrade\":false,\"minting_paths\":[],\"else\":1}}"
            )
        }
    }

    @Test func refusesAPassphraseThatIsTooLong() {
        let long = String(repeating: "a", count: 1025)
        #expect(throws: BrokerError(.malformed, "")) { try parse("{\"name\":\"alice\",\"passphrase\":\"\(long)\",\"ttl_seconds\":1}") }
    }

    @Test func resolvesEscapesInThePassphrase() throws {
        let request = try parse(
            " { \"name\" : \"alice\", \"passphrase\":\"a\\\"\\\\\\/\\u00e9\\ud83d\\ude00\\tü\" , \"ttl_seconds\": 60, \"aliases\":[\"openai\"] , \"label\":\"thin\" } "
        )
        #expect(request.name.text == "alice")
        #expect(request.ttlSeconds == 60)
        #expect(request.aliases.map(\.text) == ["openai"])
        #expect(request.label == "thin")
        #expect(try passphrase(request) == "a\"\\/é😀\tü")
    }
}
