import HTTPWire

/// The `Server-Timing` field of an answer (W3C Server Timing): our own share of the call until the upstream's head came, and the upstream's.
struct ServerTiming: Equatable {
    let tacitNanoseconds: UInt64
    /// From the hand-over of the request's head to the arrival of the answer's.
    let upstreamNanoseconds: UInt64

    /// Bytes the field needs at most, its line end included.
    static let maximumBytes = 96

    /// Writes `Server-Timing: tacit;dur=0.042, upstream;dur=18.250` and the line end; milliseconds, as the specification asks.
    func write(to writer: inout ByteWriter) {
        writer.append("Server-Timing: tacit;dur=")
        Self.write(tacitNanoseconds, to: &writer)
        writer.append(", upstream;dur=")
        Self.write(upstreamNanoseconds, to: &writer)
        writer.append("\r\n")
    }

    /// Milliseconds with three digits behind the point, cut off.
    private static func write(_ nanoseconds: UInt64, to writer: inout ByteWriter) {
        let milliseconds = nanoseconds / 1_000_000
        if milliseconds < 10 { writer.append(digit(milliseconds)) } else { writer.append(decimal: milliseconds) }
        writer.append(".")
        // Constant divisors: cheaper than the general form, on the path of every call.
        let rest = nanoseconds / 1_000 % 1_000
        writer.append(digit(rest / 100))
        writer.append(digit(rest / 10 % 10))
        writer.append(digit(rest % 10))
    }

    private static func digit(_ value: UInt64) -> UInt8 { UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value) }
}
