package import HTTPTransport

/// Which custody `--kek` names. Holds no credentials: a text with a user name, query or fragment is refused.
package enum CustodyURI: Hashable, Sendable {
    /// `file:PATH`.
    case file(path: String)
    /// `vault-transit:ORIGIN/MOUNT/KEY`; without an origin `VAULT_ADDR` names it. A mount may have several segments.
    case vaultTransit(origin: HTTPOrigin?, mount: String, key: String)
    /// `vault-kv:ORIGIN/MOUNT/PATH`; the mount is the first segment, `%2F` in it a slash.
    case vaultKV(origin: HTTPOrigin?, mount: String, path: String)

    private static let maximumCount = 1024

    /// - Throws: `.misconfigured`, with what is wrong and the right form.
    package static func parse(_ text: String) throws(CustodyError) -> CustodyURI {
        guard text.utf8.count <= maximumCount else { throw wrong("it is longer than \(maximumCount) bytes") }
        guard let colon = text.firstIndex(of: ":") else { throw wrong("it has no scheme") }
        let rest = String(text[text.index(after: colon)...])
        switch text[..<colon] {
        case "file":
            guard !rest.isEmpty, !rest.hasSuffix("/"), rest.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else {
                throw wrong("it names no file")
            }
            return .file(path: rest)
        case "vault-transit":
            let (origin, segments) = try place(rest)
            guard segments.count >= 2, let key = segments.last else { throw wrong("it names no mount and key") }
            return .vaultTransit(origin: origin, mount: segments.dropLast().joined(separator: "/"), key: key)
        case "vault-kv":
            let (origin, segments) = try place(rest, escapedSlash: true)
            guard segments.count >= 2 else { throw wrong("it names no mount and path") }
            return .vaultKV(origin: origin, mount: segments[0], path: segments.dropFirst().joined(separator: "/"))
        default: throw wrong("its scheme is unknown")
        }
    }

    /// The text ``parse(_:)`` reads back; without an origin where it has none.
    package var text: String {
        switch self {
        case .file(let path): "file:\(path)"
        case .vaultTransit(let origin, let mount, let key): "vault-transit:\(Self.prefix(origin))\(mount)/\(key)"
        case .vaultKV(let origin, let mount, let path):
            "vault-kv:\(Self.prefix(origin))\(mount.replacing("/", with: "%2F"))/\(path)"
        }
    }

    /// Reads the address of a Vault: `https:` anywhere, `http:` on this machine only.
    /// - Parameter name: what the text is, for the error.
    static func origin(_ text: String, _ name: String) throws(CustodyError) -> HTTPOrigin {
        let origin: HTTPOrigin
        do throws(HTTPTransportError) { origin = try HTTPOrigin.parse(text) } catch {
            throw .misconfigured("\(name) is \(error); run: tacit serve --kek vault-transit:https://HOST:8200/MOUNT/KEY")
        }
        if case .unix = origin.endpoint {
            throw .misconfigured("\(name) is a Unix socket; run: tacit serve --kek vault-transit:https://HOST:8200/MOUNT/KEY")
        }
        guard !origin.isPlaintextOnNetwork else {
            throw .misconfigured(
                "\(name) is \(origin): without TLS the network reads the Vault token; "
                    + "run: tacit serve --kek with https:, or http: to this machine")
        }
        return origin
    }

    private static func prefix(_ origin: HTTPOrigin?) -> String { origin.map { "\($0)/" } ?? "" }

    private static func wrong(_ reason: String) -> CustodyError {
        .misconfigured(
            "--kek: \(reason); run: tacit serve --kek with file:PATH, vault-transit:https://HOST:8200/MOUNT/KEY "
                + "or vault-kv:https://HOST:8200/MOUNT/PATH")
    }

    private static func place(_ text: String, escapedSlash: Bool = false) throws(CustodyError) -> (HTTPOrigin?, [String]) {
        guard let scheme = text.firstRange(of: "://") else { return (nil, try segments(text, escapedSlash)) }
        let slash = text[scheme.upperBound...].firstIndex(of: "/") ?? text.endIndex
        let origin = try origin(String(text[..<slash]), "the address in --kek")
        return (origin, try segments(String(text[slash...].dropFirst()), escapedSlash))
    }

    /// Segments that Vault takes without percent-encoding and never cleans (it answers `//` and `..` with a redirect).
    private static func segments(_ text: String, _ escapedSlash: Bool) throws(CustodyError) -> [String] {
        var segments = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if escapedSlash, let first = segments.first { segments[0] = first.replacing("%2F", with: "/") }
        for segment in segments.flatMap({ $0.split(separator: "/", omittingEmptySubsequences: false) }) {
            guard !segment.isEmpty, segment != ".", segment != "..", segment.utf8.count <= 128,
                segment.utf8.allSatisfy({
                    (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 46 || $0 == 95
                })
            else { throw wrong("each segment of mount and name is 1 to 128 of A-Z a-z 0-9 . - _") }
        }
        return segments
    }
}
