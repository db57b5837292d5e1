import HTTPWire

/// The properties of a chunked body.
enum ChunkChecks {
    static func run(_ input: FuzzInput) {
        let whole = ChunkReading(input.bytes, cuts: [])
        check(whole == ChunkReading(input.bytes, cuts: []), "a decoding repeats itself")
        let pieces = ChunkReading(input.bytes, cuts: input.cuts, isolated: true)
        check(whole == pieces, "a decoding does not depend on how the bytes arrive in pieces")
        let single = ChunkReading(input.bytes, cuts: 0...input.bytes.count)
        check(whole == single, "a decoding does not depend on the bytes' arriving one by one")
        let behind = ChunkReading(Array(input.bytes[..<whole.position]), cuts: [])
        check(whole.error != nil || behind == whole, "a body does not depend on what follows it")
        let reference = PlainChunks(input.bytes)
        check(whole.isComplete == (reference != nil), "a second decoding accepts what was accepted, and refuses what was refused")
        if let reference {
            check(whole.body == reference.body, "a second decoding gives the same bytes")
            check(whole.position == reference.length && whole.trailers == reference.trailers, "a second decoding ends in the same place")
        }
        BodyChecks.checkEncoding(whole.body)
    }
}
