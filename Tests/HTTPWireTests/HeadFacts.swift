import HTTPWire

/// The facts of a head as the vectors spell them.
enum HeadFacts {
    static func of(_ head: RequestHead, _ bytes: Span<UInt8>) -> [String: String] {
        var facts = of(head.headers, bytes)
        facts["method"] = head.method == .other ? "other" : text(head.methodName, bytes)
        facts["path"] = text(head.target.path, bytes)
        facts["query"] = head.target.query.map { text($0, bytes) } ?? "-"
        facts["host"] = head.host.map { text($0.name, bytes) } ?? "-"
        facts["port"] = head.host?.port.map { "\($0)" } ?? "-"
        facts["framing"] = name(head.framing)
        facts["keep-alive"] = head.keepAlive ? "yes" : "no"
        facts["continue"] = head.expectsContinue ? "yes" : "no"
        facts["websocket"] = head.isWebSocketUpgrade(bytes) ? "yes" : "no"
        return facts
    }

    static func of(_ head: ResponseHead, _ bytes: Span<UInt8>) -> [String: String] {
        var facts = of(head.headers, bytes)
        facts["status"] = "\(head.status)"
        facts["reason"] = text(head.reason, bytes)
        facts["framing"] = name(head.framing)
        facts["declared"] = name(head.declaredFraming)
        facts["keep-alive"] = head.keepAlive ? "yes" : "no"
        facts["interim"] = head.isInterim ? "yes" : "no"
        return facts
    }

    /// Bytes as ASCII, the others as `\xHH`; a tab as the vectors write it.
    static func text(_ range: ByteRange, _ bytes: Span<UInt8>) -> String {
        var text = ""
        for index in range.bounds {
            switch bytes[index] {
            case 9: text += "\\t"
            case 0x20..<0x7f: text.unicodeScalars.append(Unicode.Scalar(bytes[index]))
            default: text += "\\x" + String(bytes[index], radix: 16)
            }
        }
        return text
    }

    private static func of(_ headers: HeaderIndex, _ bytes: Span<UInt8>) -> [String: String] {
        var facts = ["headers": "\(headers.fields.count)"]
        var nominated: [String] = []
        for field in headers.fields {
            let name = text(field.name, bytes)
            if field.isNominated { nominated.append(name) }
            let key = "value " + name.lowercased()
            if facts[key] == nil { facts[key] = text(field.value, bytes) }
        }
        facts["nominated"] = nominated.joined(separator: ",")
        return facts
    }

    private static func name(_ framing: BodyFraming) -> String {
        switch framing {
        case .none: "none"
        case .contentLength(let length): "\(length)"
        case .chunked: "chunked"
        case .untilClose: "close"
        }
    }
}
