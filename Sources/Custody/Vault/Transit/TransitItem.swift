import Envelope
import Model

/// One item of a batch, as Vault takes it.
struct TransitItem: Sendable {
    enum Value: Sendable {
        /// To be written in base64.
        case bytes([UInt8])
        /// ASCII that needs no escapes.
        case text(ArraySlice<UInt8>)
    }

    /// `plaintext` or `ciphertext`.
    let name: String
    let value: Value
    let context: ContextBytes

    /// About how many bytes of JSON it becomes.
    var count: Int {
        let count =
            switch value {
            case .bytes(let bytes): Base64.encodedCount(bytes.count)
            case .text(let text): text.count
            }
        return count + Base64.encodedCount(context.bytes.count) + 64
    }

    /// The version of a ciphertext; 0 for a plaintext.
    var version: UInt32 {
        guard case .text(let text) = value else { return 0 }
        return TransitWrap.version(of: Blob([TransitWrap.kind] + text)) ?? 0
    }

    func append(to out: inout [UInt8], reference: Int) {
        out += Array("{\"\(name)\":\"".utf8)
        switch value {
        case .bytes(let bytes): out += Base64.encode(bytes)
        case .text(let text): out += text
        }
        out += Array("\",\"context\":\"".utf8)
        out += Base64.encode(context.bytes)
        out += Array("\",\"reference\":\"\(reference)\"}".utf8)
    }

    /// Public bytes as a JSON string in base64.
    static func quoted(_ bytes: [UInt8]) -> String { "\"" + String(decoding: Base64.encode(bytes), as: UTF8.self) + "\"" }

    /// The body that decrypts one wrap.
    /// - Throws: `.integrity` for what is no wrap.
    static func decryption(_ wrap: Blob, _ context: ContextBytes) throws(CustodyError) -> String {
        let text = String(decoding: try TransitWrap.text(of: wrap), as: UTF8.self)
        return "{\"ciphertext\":\"\(text)\",\"context\":\(quoted(context.bytes))}"
    }
}
