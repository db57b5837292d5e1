import HTTPWire
import Testing

/// Every vector, whole and in pieces.
@Suite struct VectorTests {
    static let requests = loaded("requests")
    static let responses = loaded("responses")
    static let chunks = loaded("chunks")
    static let paths = loaded("paths")

    /// No cases when a file cannot be read; `everyFileLoads` then says why.
    private static func loaded(_ kind: String) -> [HTTPVector] { (try? HTTPVector.load(kind)) ?? [] }

    @Test(arguments: [("requests", 400), ("responses", 140), ("chunks", 150), ("paths", 60)])
    func everyFileLoads(_ kind: String, _ least: Int) throws {
        #expect(try HTTPVector.load(kind).count >= least)
    }

    @Test(arguments: requests) func readsRequestsAsTheVectorsSay(_ vector: HTTPVector) {
        check(vector, .request)
    }

    @Test(arguments: responses) func readsResponsesAsTheVectorsSay(_ vector: HTTPVector) {
        check(vector, .response(to: vector["to"] == "HEAD" ? .head : .get))
    }

    @Test(arguments: chunks) func readsChunksAsTheVectorsSay(_ vector: HTTPVector) {
        check(vector, .chunks)
    }

    @Test(arguments: paths) func judgesPathsAsTheVectorsSay(_ vector: HTTPVector) {
        let error: HTTPWireError?
        do throws(HTTPWireError) {
            try PathPolicy.check(
                vector.input.span, ByteRange(0, vector.input.count), encodedSlashes: vector["slashes"] == "allowed" ? .allowed : .refused)
            error = nil
        } catch let thrown {
            error = thrown
        }
        #expect(error?.code ?? "ok" == vector.expect)
    }

    @Test func everyRefusalHasAVector() {
        let all = Self.requests + Self.responses + Self.chunks + Self.paths
        let seen = Set(all.map(\.expect))
        // A scanner never lets an incomplete head reach the parser; the other two are tested with BodyDecoder and ByteWriter.
        let elsewhere: Set<HTTPWireError> = [.truncatedHead, .truncatedBody, .outputFull]
        for error in HTTPWireError.allCases where !elsewhere.contains(error) {
            #expect(seen.contains(error.code), "no vector ends in \(error.code)")
        }
        #expect(seen.isSubset(of: Set(HTTPWireError.allCases.map(\.code) + ["ok"])))
    }

    private func check(_ vector: HTTPVector, _ kind: WireReading.Kind) {
        let whole = WireReading(kind, vector.input, cuts: [])
        #expect(whole.error?.code ?? "ok" == vector.expect)
        if whole.error == nil { expectFacts(vector, whole) }
        for cut in cuts(vector.input.count) {
            let pieces = WireReading(kind, vector.input, cuts: [cut])
            #expect(pieces == whole, "differs when cut at \(cut)")
        }
        let bytewise = WireReading(kind, vector.input, cuts: Array(0..<vector.input.count))
        #expect(bytewise == whole, "differs byte by byte")
    }

    /// Every place to cut; of a long input both ends and some between.
    private func cuts(_ count: Int) -> [Int] {
        if count <= 2048 { return Array(0...count) }
        return Array(0...128) + Array(stride(from: 129, to: count - 128, by: 2003)) + Array((count - 128)...count)
    }

    private func expectFacts(_ vector: HTTPVector, _ reading: WireReading) {
        if !reading.facts.isEmpty { #expect(reading.facts["length"] == "as scanned") }
        for (key, value) in vector.fields {
            switch key {
            case "name", "source", "expect", "input", "to": break
            case "body": #expect(reading.body == vector.body)
            case "complete": #expect(reading.isComplete == (value == "yes"))
            case "rest": #expect(vector.input.count - reading.consumed == Int(value))
            case "trailers": #expect(reading.trailers == Int(value))
            case "value":
                let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                #expect(reading.facts["value " + parts[0]] == String(parts[1]))
            default: #expect(reading.facts[key] == value, "\(key)")
            }
        }
    }
}
