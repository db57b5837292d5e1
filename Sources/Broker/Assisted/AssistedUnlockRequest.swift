import Envelope
import Model
import SecretMemory

/// The body of `assisted_unlock`, read out of guarded memory. The passphrase goes from guarded memory to guarded memory and is never
/// text here (normalising one that is not ASCII makes a text for a moment, see `Passphrase`); the other fields are not secret.
struct AssistedUnlockRequest: Sendable {
    let name: AccountName
    /// UTF-8 as it was sent; taken once.
    let passphrase: SecretBox
    /// Empty: all keys.
    let aliases: [Alias]
    let ttlSeconds: UInt64
    let label: String
    let policy: SessionPolicy

    /// - Parameter body: the whole JSON document; borrowed, the caller wipes it.
    /// - Throws: `.malformed`, `.unknownField`. Neither repeats anything of the body: a secret in the wrong place would be in it.
    init(parsing body: RawSpan) throws(BrokerError) {
        var fields: [String: Range<Int>] = [:]
        var passphrase: SecretBytes?
        do throws(GuardedJSONScanner.Failure) {
            var scanner = GuardedJSONScanner()
            try scanner.expect(UInt8(ascii: "{"), in: body)
            var isFirst = true
            while !scanner.skip(UInt8(ascii: "}"), in: body) {
                if !isFirst { try scanner.expect(UInt8(ascii: ","), in: body) }
                isFirst = false
                let name = try scanner.readName(body)
                try scanner.expect(UInt8(ascii: ":"), in: body)
                if name == "passphrase" {
                    guard passphrase == nil else { throw .malformed }
                    passphrase = try scanner.readSecret(body, maximumCount: Passphrase.maximumCount)
                } else {
                    guard fields.updateValue(try scanner.skipValue(body), forKey: name) == nil else { throw .malformed }
                }
            }
            guard scanner.peek(body) == nil else { throw .malformed }
        } catch {
            throw BrokerError(.malformed, "the body is no JSON object of the form in openapi.yaml")
        }
        guard Set(fields.keys).isSubset(of: ["name", "aliases", "ttl_seconds", "label", "policy"]) else {
            throw BrokerError(.unknownField, "the body has an unknown field")
        }
        guard let passphrase = passphrase.take() else { throw BrokerError(.malformed, "missing field passphrase") }
        self.passphrase = SecretBox(passphrase)
        guard let name = try Self.decode(AccountName.self, "name", fields, body) else {
            throw BrokerError(.malformed, "missing field name")
        }
        guard let ttl = try Self.decode(UInt64.self, "ttl_seconds", fields, body) else {
            throw BrokerError(.malformed, "missing field ttl_seconds")
        }
        self.name = name
        ttlSeconds = ttl
        aliases = try Self.decode([Alias].self, "aliases", fields, body) ?? []
        label = try Self.decode(String.self, "label", fields, body) ?? "assisted"
        policy = try Self.decode(SessionPolicy.self, "policy", fields, body) ?? SessionPolicy()
    }

    private static func decode<T: Codable>(
        _ type: T.Type, _ name: String, _ fields: [String: Range<Int>], _ body: RawSpan
    ) throws(BrokerError) -> T? {
        guard let range = fields[name] else { return nil }
        var copy: [UInt8] = []
        for index in range { copy.append(body.byte(at: index) ?? 0) }
        do throws(ModelError) { return try WireJSON.decode(type, from: copy) } catch {
            throw BrokerError(error.code == .unknownField ? .unknownField : .malformed, "the field \(name) is malformed")
        }
    }
}
