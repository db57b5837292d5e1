/// What the command line asks for. Every option has one value; `--header` may come several times.
struct LoadOptions {
    static let frameBounds = 1...1_000_000
    static let intervalBounds = 0...60_000
    static let byteBounds = Frame.minimumCount...65_536

    var port: UInt16 = 0
    /// Path of the target; the parameters of a stream are added as its query.
    var path = "/v1/stream"
    var headers: [String] = []
    var connections = 1
    /// Streams after each other on a connection; 0: until the seconds are over.
    var requests = 1
    /// How long new streams are begun.
    var seconds = 5
    /// Frames of a stream, its first one at once, then one per interval.
    var frames = 10
    var intervalMilliseconds = 100
    /// Size of a frame.
    var bytes = 256
    /// Connections opened per second; 0: all at once.
    var ramp = 500

    init(_ words: ArraySlice<String>) throws(LoadError) {
        var words = words
        while let name = words.popFirst() {
            guard let value = words.popFirst() else { throw LoadError("\(name) needs a value") }
            switch name {
            case "--path": path = value
            case "--header": headers.append(value)
            case "--port": port = try Self.number(value, name, 1...65_535)
            case "--connections": connections = try Self.number(value, name, 1...100_000)
            case "--requests": requests = try Self.number(value, name, 0...1_000_000_000)
            case "--seconds": seconds = try Self.number(value, name, 1...3600)
            case "--frames": frames = try Self.number(value, name, Self.frameBounds)
            case "--interval-ms": intervalMilliseconds = try Self.number(value, name, Self.intervalBounds)
            case "--bytes": bytes = try Self.number(value, name, Self.byteBounds)
            case "--ramp": ramp = try Self.number(value, name, 0...1_000_000)
            default: throw LoadError("unknown option \(name)")
            }
        }
        guard port > 0 else { throw LoadError("--port is missing") }
    }

    private static func number<Number: FixedWidthInteger>(
        _ text: String, _ name: String, _ range: ClosedRange<Number>
    ) throws(LoadError) -> Number {
        guard let number = Number(text), range.contains(number) else {
            throw LoadError("\(name) is from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
