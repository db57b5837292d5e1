extension ByteWriter {
    /// Appends a field as name, colon, one space, value, CR LF.
    /// - Parameters:
    ///   - field: of a head parsed from `bytes`.
    ///   - bytes: the head's bytes.
    package mutating func append(_ field: HeaderField, of bytes: Span<UInt8>) {
        if field.isCanonical {
            append(bytes, field.line)
        } else {
            append(bytes, field.name)
            append(": ")
            append(bytes, field.value)
            append("\r\n")
        }
    }

    /// Appends a field with a fixed name and value.
    /// - Parameters:
    ///   - name: a token.
    ///   - value: without control bytes.
    package mutating func appendField(_ name: StaticString, _ value: StaticString) {
        append(name)
        append(": ")
        append(value)
        append("\r\n")
    }

    /// Appends a field with a number as its value.
    package mutating func appendField(_ name: StaticString, _ number: UInt64) {
        append(name)
        append(": ")
        append(decimal: number)
        append("\r\n")
    }

    /// Appends a field whose value the caller has checked to hold no control bytes.
    package mutating func appendField(_ name: StaticString, _ value: Span<UInt8>) {
        append(name)
        append(": ")
        append(value)
        append("\r\n")
    }

    /// Appends the field that announces `framing`: nothing for `none` and `untilClose`.
    package mutating func append(_ framing: BodyFraming) {
        switch framing {
        case .none, .untilClose: break
        case .contentLength(let length): appendField("Content-Length", length)
        case .chunked: append("Transfer-Encoding: chunked\r\n")
        }
    }

    /// Appends `HTTP/1.1`, the status and a reason phrase, with the line's end.
    /// - Parameter reason: the phrase of an upstream's head, checked when that was parsed.
    package mutating func appendStatusLine(_ status: UInt16, reason bytes: Span<UInt8>, _ reason: ByteRange) {
        append("HTTP/1.1 ")
        append(decimal: UInt64(status))
        append(ASCII.space)
        append(bytes, reason)
        append("\r\n")
    }

    /// Appends `HTTP/1.1`, the status and a fixed reason phrase, with the line's end.
    package mutating func appendStatusLine(_ status: UInt16, _ reason: StaticString) {
        append("HTTP/1.1 ")
        append(decimal: UInt64(status))
        append(ASCII.space)
        append(reason)
        append("\r\n")
    }
}
