import HTTPWire

/// The properties of everything one side of a connection sends.
enum StreamChecks<Head: FuzzedHead> {
    static func run(_ input: FuzzInput) {
        let whole = StreamReading<Head>(input, cuts: [], isolated: false)
        check(whole == StreamReading(input, cuts: [], isolated: false), "a reading repeats itself")
        let pieces = StreamReading<Head>(input, cuts: input.cuts, isolated: true)
        check(whole == pieces, "a reading does not depend on how the bytes arrive in pieces")
        let single = StreamReading<Head>(input, cuts: 0..<input.bytes.count, isolated: false)
        check(whole == single, "a reading does not depend on the bytes' arriving one by one")
        for message in whole.messages { checkMessage(message, input) }
        checkBoundaries(whole, input)
    }

    private static func checkMessage(_ message: StreamReading<Head>.Message, _ input: FuzzInput) {
        let bytes = Array(input.bytes[message.start..<(message.start + message.facts.length)])
        var head = Head()
        head.soil()
        do throws(HTTPWireError) {
            try head.read(bytes.span, input)
        } catch {
            check(false, "a head is accepted without what follows it")
        }
        checkPrefix(bytes, input)
        check(head.facts(bytes.span) == message.facts, "a head says the same whatever was parsed before it and follows it")
        HeadChecks.run(head, bytes)
        head.checkStartLine(bytes, input)
        BodyChecks.run(message.body, message.facts.framing, isComplete: message.isComplete)
    }

    /// No head begins with another head.
    private static func checkPrefix(_ bytes: [UInt8], _ input: FuzzInput) {
        let prefix = Array(bytes[..<((input.cuts.last ?? 0) % bytes.count)])
        var head = Head()
        do throws(HTTPWireError) {
            try head.read(prefix.span, input)
            check(false, "the beginning of a head is no head")
        } catch {
            check(error == .truncatedHead, "the beginning of an acceptable head is incomplete, not wrong")
        }
    }

    /// Whether another reading of each head finds the same messages in the same places.
    private static func checkBoundaries(_ reading: StreamReading<Head>, _ input: FuzzInput) {
        for message in reading.messages {
            check(
                Head.referenceLength(input, from: message.start) == message.facts.length,
                "a second reading accepts each head that was accepted, and ends it there")
        }
        guard reading.messages.last?.isComplete != false, reading.error != nil || !reading.isOver else { return }
        check(
            Head.referenceLength(input, from: reading.position) == nil,
            "a second reading refuses each head that was refused, or finds it incomplete too")
    }
}
