import Client
import HTTPTransport
import Model
import Primitives
import Providers
import SecretMemory

/// One cheap call that tells whether a provider takes a key. The status is looked at, nothing of the answer is shown or kept.
struct KeyProbe {
    /// Behind the destination's base path; empty: the base path itself.
    let path: String
    let headers: [String: String]

    /// The call for a key: its preset's, or for other providers the base path.
    /// - Parameter path: `--probe-path`.
    /// - Throws: `.invalidInput` for a path that is none.
    init(for key: KeyMessages.Key, path: String?) throws(ClientError) {
        let preset = ProviderPresets.named(key.provider)
        headers = preset?.probe.headers ?? [:]
        self.path = path ?? preset?.probePath(behind: key.destination.basePath) ?? ""
        guard self.path.isEmpty || (try? PathPrefix(self.path)) != nil else {
            throw .invalidInput("--probe-path takes a path behind the base URL, such as /v1/models")
        }
    }

    /// The path as a session's policy limits it; `nil` for the base path.
    var prefix: PathPrefix? { path.isEmpty ? nil : try? PathPrefix(path) }

    /// Calls through the proxy with a probe session's token.
    /// - Parameter version: the pending one; an answer by another version says nothing about it.
    /// - Returns: `nil` where the provider took the key, else why not.
    func call(
        proxyURL: String, alias: Alias, version: UInt32, token: borrowing SecretBytes, caFile: String?
    ) async throws(ClientError) -> String? {
        do throws(HTTPTransportError) {
            let client = try HTTPClient(
                origin: try HTTPOrigin.parse(proxyURL), caFile: caFile, timeoutSeconds: 30, bodyLimitBytes: 16 << 20)
            let answer = try await answer(client, path: "/\(alias)\(path.isEmpty ? "/" : path)", try HTTPSecretHeader.bearer(token))
            if let refusal = answer.header("tacit-key").map({ $0 == "\(alias)@\(version)" ? nil : "the broker called with \($0)" }) {
                return refusal ?? Self.reason(answer)
            }
            return "the broker did not call the provider (\(answer.status))"
        } catch {
            return "\(error)"
        }
    }

    /// Calls the destination a key is bound to straight from this machine, with the key where its injection puts it.
    /// - Returns: `nil` where the provider took the key, else why not.
    /// - Throws: `.invalidInput` for a key that cannot be sent from here.
    func call(_ key: KeyMessages.Key, value: borrowing SecretBytes, caFile: String?) async throws(ClientError) -> String? {
        let destination = key.destination
        let header = try Self.header(key.injection, value: value)
        do throws(HTTPTransportError) {
            let host = destination.host.text.contains(":") ? "[\(destination.host.text)]" : destination.host.text
            let scheme = destination.scheme == .https ? "https" : "http"
            let client = try HTTPClient(
                origin: try HTTPOrigin.parse("\(scheme)://\(host):\(destination.port)"), caFile: caFile, timeoutSeconds: 30,
                bodyLimitBytes: 16 << 20, insecureAllowPlaintext: destination.allowsPlaintext)
            let path = (destination.basePath?.text ?? "") + path
            return Self.reason(try await answer(client, path: path.isEmpty ? "/" : path, header))
        } catch .tls(let reason) {
            return "the provider's certificate is not trusted (\(reason)); name its certificate authority with TACIT_CA_FILE=FILE"
        } catch {
            return "\(error)"
        }
    }

    private func answer(
        _ client: HTTPClient, path: String, _ header: HTTPSecretHeader
    ) async throws(HTTPTransportError) -> HTTPResponse {
        try await client.send(
            HTTPRequest(
                method: "GET", path: path, headers: headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, secretHeaders: [header]))
    }

    private static func reason(_ answer: HTTPResponse) -> String? {
        (200...299).contains(answer.status) ? nil : "the provider answered \(answer.status)"
    }

    private static func header(_ injection: Injection, value: borrowing SecretBytes) throws(ClientError) -> HTTPSecretHeader {
        do throws(HTTPTransportError) {
            switch injection {
            case .header(let name, let prefix, let suffix):
                let whole = value.withBytes { Self.joined([], $0, Array(suffix.utf8)) }
                return try HTTPSecretHeader(name: name, prefix: prefix, value: whole)
            case .basic(let user):
                let plain = value.withBytes { Self.joined(Array("\(user):".utf8), $0, []) }
                let encoded = plain.withBytes { Self.base64($0) }
                return try HTTPSecretHeader(name: "authorization", prefix: "Basic ", value: encoded)
            case .query: break
            }
        } catch {
            throw .invalidInput("this key cannot be probed from here (\(error)): leave --probe out, or let the owner rotate it")
        }
        // A path is no place for a secret (HTTPRequest).
        throw .invalidInput(
            "a key that travels in the query cannot be probed with an access file: leave --probe out, or let the owner rotate it")
    }

    private static func joined(_ start: [UInt8], _ middle: RawSpan, _ end: [UInt8]) -> SecretBytes {
        SecretBytes(count: start.count + middle.byteCount + end.count) { out in
            for (index, byte) in start.enumerated() { out.storeBytes(of: byte, toByteOffset: index, as: UInt8.self) }
            for index in middle.byteOffsets {
                let byte = unsafe middle.unsafeLoad(fromByteOffset: index, as: UInt8.self)
                out.storeBytes(of: byte, toByteOffset: start.count + index, as: UInt8.self)
            }
            for (index, byte) in end.enumerated() {
                out.storeBytes(of: byte, toByteOffset: start.count + middle.byteCount + index, as: UInt8.self)
            }
        }
    }

    /// Base64 of RFC 4648 with padding, by table: what a broker does for the same injection, and no secret-dependent branch matters on the
    /// device that holds the secret.
    private static func base64(_ bytes: RawSpan) -> SecretBytes {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let groups = (bytes.byteCount + 2) / 3
        return SecretBytes(count: groups * 4) { out in
            for group in 0..<groups {
                var bits: UInt32 = 0
                for offset in 0..<3 {
                    let index = group * 3 + offset
                    let byte = index < bytes.byteCount ? unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self) : 0
                    bits = bits << 8 | UInt32(byte)
                }
                for position in 0..<4 {
                    let isPadding = group * 3 + position > bytes.byteCount
                    let character = isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> UInt32(18 - 6 * position) & 63)]
                    out.storeBytes(of: character, toByteOffset: group * 4 + position, as: UInt8.self)
                }
            }
        }
    }
}
