import HTTPWire

/// A head that `StreamReading` can read, whichever side sent it.
protocol FuzzedHead {
    init()

    /// Parses as the proxy would.
    mutating func read(_ bytes: Span<UInt8>, _ input: FuzzInput) throws(HTTPWireError)

    var headers: HeaderIndex { get }
    var framing: BodyFraming { get }
    var keepAlive: Bool { get }
    var length: Int { get }

    /// Parses another head, which leaves behind as much as one can.
    mutating func soil()

    /// Everything the head says.
    func facts(_ bytes: Span<UInt8>) -> HeadFacts

    /// Appends the start line with its CR LF.
    func writeStartLine(_ bytes: Span<UInt8>, to writer: inout ByteWriter)

    /// The properties of this kind of head.
    func checkStartLine(_ bytes: [UInt8], _ input: FuzzInput)

    /// What the second reading says of the head at `start`: its length, nil when it is not acceptable.
    static func referenceLength(_ input: FuzzInput, from start: Int) -> Int?
}

/// What a head says, in a form to compare.
struct HeadFacts: Equatable {
    /// Method, path and query, host; or the reason.
    var ranges: [ByteRange]
    /// Host's port; or the status.
    var number: UInt16?
    var version: HTTPVersion
    var connection: ConnectionOptions
    var framing: BodyFraming
    var declaredFraming: BodyFraming
    /// What else was decided.
    var flags: [Bool]
    var fields: [HeaderField]
    var present: HeaderNameSet
    var repeated: HeaderNameSet
    var length: Int
}
