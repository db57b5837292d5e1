import HTTPWire
import Primitives

/// What a client asks for in a WebSocket handshake, and whether an upstream agreed to exactly that (RFC 6455 sections 4.1 and 4.2).
///
/// Extensions are not passed on: a compressed frame would hide an echo of the key, as a compressed body would.
struct WebSocketOffer: Equatable {
    /// The 24 characters of `Sec-WebSocket-Key`.
    let key: [UInt8]
    /// The subprotocols offered, without one that carried the session token.
    let protocols: [[UInt8]]

    /// Subprotocols a client may offer.
    private static let maximumProtocols = 64
    private static let accepting = Array("258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8)

    /// - Parameter head: one that asks for a WebSocket, parsed from `bytes`.
    /// - Throws: `upgrade_malformed` for another version than 13, a key that is not 16 bytes in Base64, a field twice, or more than 64
    ///   subprotocols or ones that are no tokens.
    init(_ head: RequestHead, in bytes: Span<UInt8>) throws(ProxyError) {
        var key: ByteRange?
        var version: ByteRange?
        var protocols: [[UInt8]] = []
        for field in head.headers.fields where field.kind == .secWebSocket {
            if bytes.equals(field.name, lowercase: "sec-websocket-key") {
                guard key == nil else { throw .upgradeMalformed }
                key = field.value
            } else if bytes.equals(field.name, lowercase: "sec-websocket-version") {
                guard version == nil else { throw .upgradeMalformed }
                version = field.value
            } else if bytes.equals(field.name, lowercase: "sec-websocket-protocol") {
                var members = TokenList(field.value)
                while let member = try Self.next(&members, bytes) {
                    guard CredentialFinder.credential(inProtocol: member, bytes) == nil else { continue }
                    guard protocols.count < Self.maximumProtocols else { throw .upgradeMalformed }
                    protocols.append(Self.copy(member, bytes))
                }
            }
        }
        guard let key, Self.isKey(key, bytes), let version, bytes.equalsExactly(version, "13") else { throw .upgradeMalformed }
        self.key = Self.copy(key, bytes)
        self.protocols = protocols
    }

    /// Bytes the fields of ``write(to:)`` need.
    var capacity: Int { 160 + protocols.reduce(0) { $0 + $1.count + 2 } }

    /// Writes the handshake's fields for the upstream.
    func write(to writer: inout ByteWriter) {
        writer.append("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ")
        writer.append(key.span)
        for (index, name) in protocols.enumerated() {
            writer.append(index == 0 ? "\r\nSec-WebSocket-Protocol: " : ", ")
            writer.append(name.span)
        }
        writer.append("\r\n")
    }

    /// Whether a 101 agrees to this offer and to nothing else: it names `Upgrade` and `Connection`, proves that it read the key, picks a
    /// subprotocol that was offered or none, and no extension.
    /// - Parameter answer: a 101, parsed from `bytes`.
    func isAccepted(by answer: ResponseHead, _ bytes: Span<UInt8>) -> Bool {
        guard answer.version == .http11, answer.connection.upgrade, answer.declaredFraming == .none,
            !answer.headers.repeated.contains(.upgrade), let upgrade = answer.headers.first(.upgrade),
            bytes.equals(upgrade.value, lowercase: "websocket")
        else { return false }
        var isProved = false
        var hasProtocol = false
        for field in answer.headers.fields where field.kind == .secWebSocket {
            guard !field.isNominated else { return false }
            if bytes.equals(field.name, lowercase: "sec-websocket-accept") {
                guard !isProved, let proof, bytes.equals(field.value, proof.span) else { return false }
                isProved = true
            } else if bytes.equals(field.name, lowercase: "sec-websocket-protocol") {
                guard !hasProtocol, protocols.contains(where: { bytes.equals(field.value, $0.span) }) else { return false }
                hasProtocol = true
            } else if bytes.equals(field.name, lowercase: "sec-websocket-extensions") {
                return false
            }
        }
        return isProved
    }

    /// What `Sec-WebSocket-Accept` has to say; `nil` where the library has no SHA-1.
    private var proof: [UInt8]? {
        guard let digest = try? InsecureSHA1.hash((key + Self.accepting).span) else { return nil }
        var text = [UInt8](repeating: 0, count: Base64.encodedCount(digest.count))
        unsafe text.withUnsafeMutableBytes { memory in
            var writer = unsafe ByteWriter(memory)
            Base64.write(digest.span, Span(), to: &writer)
        }
        return text
    }

    private static func next(_ members: inout TokenList, _ bytes: Span<UInt8>) throws(ProxyError) -> ByteRange? {
        do throws(HTTPWireError) { return try members.next(bytes) } catch { throw .upgradeMalformed }
    }

    /// Base64 of 16 bytes: 22 characters and the padding.
    private static func isKey(_ value: ByteRange, _ bytes: Span<UInt8>) -> Bool {
        guard value.count == 24 else { return false }
        for index in value.lowerBound..<value.lowerBound + 22 {
            switch bytes[index] {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "+"), UInt8(ascii: "/"):
                continue
            default: return false
            }
        }
        return bytes[value.lowerBound + 22] == UInt8(ascii: "=") && bytes[value.lowerBound + 23] == UInt8(ascii: "=")
    }

    private static func copy(_ range: ByteRange, _ bytes: Span<UInt8>) -> [UInt8] {
        var copy: [UInt8] = []
        copy.reserveCapacity(range.count)
        for index in range.bounds { copy.append(bytes[index]) }
        return copy
    }
}
