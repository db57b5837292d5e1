/// Where and how the key enters a request: authenticated together with it (FORMAT section 4).
package enum Injection: Hashable, Sendable {
    /// `name: prefix ‖ K ‖ suffix`; `name` in lower case.
    case header(name: String, prefix: String, suffix: String)
    /// `name=K`, percent-encoded, as the last query parameter.
    case query(name: String)
    /// `authorization: Basic base64(user ‖ ":" ‖ K)`.
    case basic(user: String)

    /// Reads the command line's `Header-Name: text {key} text`.
    /// - Throws: `.invalidInjection` without exactly one `{key}`, or as ``validated()`` does.
    package init(headerTemplate template: String) throws(ModelError) {
        guard let colon = template.firstIndex(of: ":") else {
            throw ModelError(.invalidInjection, "write the header as 'Name: text {key}'")
        }
        var value = template[template.index(after: colon)...]
        while value.first == " " { value.removeFirst() }
        let parts = String(value).components(around: "{key}")
        guard parts.count == 2 else {
            throw ModelError(.invalidInjection, "the header must name {key} exactly once")
        }
        self = try Injection.header(name: template[..<colon].lowercased(), prefix: parts[0], suffix: parts[1]).validated()
    }

    /// The same value, checked.
    /// - Throws: `.invalidInjection` for a name that is no token or that framing, routing or Tacit itself uses, control bytes or
    ///   non-ASCII in fixed text, a user with `:`, a query name outside the unreserved characters, or anything over 256 bytes.
    package func validated() throws(ModelError) -> Injection {
        switch self {
        case .header(let name, let prefix, let suffix):
            guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(Self.isLowerToken) else {
                throw ModelError(.invalidInjection, "\(name) is not a header name in lower case")
            }
            guard !Self.refusedHeaders.contains(name), !name.hasPrefix("tacit-"), !name.hasPrefix("proxy-"), !name.hasPrefix("x-forwarded-")
            else { throw ModelError(.invalidInjection, "a key cannot be put into the header \(name)") }
            guard Self.isPlain(prefix), Self.isPlain(suffix) else {
                throw ModelError(.invalidInjection, "text around {key} must be at most 256 visible ASCII characters")
            }
        case .query(let name):
            guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(Self.isUnreserved) else {
                throw ModelError(.invalidInjection, "\(name) is not a query parameter name of unreserved characters")
            }
        case .basic(let user):
            guard Self.isPlain(user), !user.contains(":") else {
                throw ModelError(.invalidInjection, "a basic user is at most 256 visible ASCII characters without a colon")
            }
        }
        return self
    }

    private static let refusedHeaders: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "te", "trailer", "expect", "cookie",
        "set-cookie", "origin", "referer", "forwarded", "via", "x-real-ip", "accept-encoding", "content-encoding", "content-type",
    ]

    private static func isLowerToken(_ c: UInt8) -> Bool {
        (97...122).contains(c) || (48...57).contains(c) || "!#$%&'*+-.^_`|~".utf8.contains(c)
    }

    private static func isUnreserved(_ c: UInt8) -> Bool {
        (97...122).contains(c) || (65...90).contains(c) || (48...57).contains(c) || "-._~".utf8.contains(c)
    }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.count <= 256 && text.utf8.allSatisfy { (0x20...0x7e).contains($0) }
    }
}

extension String {
    /// The pieces between occurrences of `separator`; one piece where there is none.
    fileprivate func components(around separator: String) -> [String] {
        var pieces: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            pieces.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return pieces + [String(rest)]
    }
}

extension Injection: Codable {
    private enum CodingKeys: String, CodingKey { case kind, name, prefix, suffix, user }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let value: Injection
        switch try container.decode(String.self, forKey: .kind) {
        case "header":
            value = try .header(
                name: container.decode(String.self, forKey: .name), prefix: container.decode(String.self, forKey: .prefix),
                suffix: container.decode(String.self, forKey: .suffix))
        case "query": value = try .query(name: container.decode(String.self, forKey: .name))
        case "basic": value = try .basic(user: container.decode(String.self, forKey: .user))
        default: throw DecodingError.dataCorruptedError(forKey: .kind, in: container, debugDescription: "unknown injection kind")
        }
        do throws(ModelError) { self = try value.validated() } catch {
            throw DecodingError.dataCorruptedError(forKey: .kind, in: container, debugDescription: error.reason)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .header(let name, let prefix, let suffix):
            try container.encode("header", forKey: .kind)
            try container.encode(name, forKey: .name)
            try container.encode(prefix, forKey: .prefix)
            try container.encode(suffix, forKey: .suffix)
        case .query(let name):
            try container.encode("query", forKey: .kind)
            try container.encode(name, forKey: .name)
        case .basic(let user):
            try container.encode("basic", forKey: .kind)
            try container.encode(user, forKey: .user)
        }
    }
}
