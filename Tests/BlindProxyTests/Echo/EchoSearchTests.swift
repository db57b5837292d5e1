import Testing

@testable import BlindProxy

/// The search finds what a byte by byte comparison finds, wherever it stands.
@Suite struct EchoSearchTests {
    private static func word(_ text: String) -> UInt32 {
        text.utf8.prefix(4).enumerated().reduce(0) { $0 | UInt32($1.element) << UInt32(8 * $1.offset) }
    }

    /// The definition.
    private static func plainly(_ forms: [String], _ bytes: [UInt8], from start: Int) -> Int? {
        (start..<max(start, bytes.count)).first { position in
            forms.contains { form in bytes[position...].prefix(4).elementsEqual(Array(form.utf8).prefix(bytes.count - position).prefix(4)) }
        }
    }

    private static func search(_ forms: [String]) -> EchoSearch {
        var search = EchoSearch()
        for form in forms { search.add(word(form)) }
        return search
    }

    @Test(arguments: [["sk-a"], ["sk-a", "c2st"], ["sk-a", "c2st", "sk%2", "aaaa", "zzzz", "abab"], (0..<8).map { "\($0)fo\($0)" }])
    func aFormIsFoundAtEveryPositionOfEveryLength(_ forms: [String]) {
        let search = Self.search(forms)
        for length in 0...70 {
            for position in 0..<length {
                for form in forms {
                    var bytes = [UInt8](repeating: UInt8(ascii: "."), count: length)
                    for (offset, byte) in form.utf8.enumerated() where position + offset < length { bytes[position + offset] = byte }
                    #expect(search.first(in: bytes.span, from: 0) == position, "\(form) at \(position) of \(length)")
                }
            }
        }
    }

    /// Of few different bytes, so that beginnings of forms are everywhere.
    @Test(arguments: [
        ["abca"], ["abca", "bbbb"], ["aaaa", "abab", "cbac", "bacb"], ["aaaa", "abab", "cbac", "bacb", "ccab"],
        ["aaaa", "abab", "cbac", "bacb", "ccab", "bbbb", "cccc", "acca"],
    ])
    func nearMatchesAreJudgedAsTheDefinitionDoes(_ forms: [String]) {
        let search = Self.search(forms)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let bytes = (0..<Int.random(in: 0...90, using: &generator)).map { _ in UInt8.random(in: 97...99, using: &generator) }
            let start = Int.random(in: 0...bytes.count, using: &generator)
            #expect(search.first(in: bytes.span, from: start) == Self.plainly(forms, bytes, from: start), "\(bytes) from \(start)")
        }
    }

    @Test func withoutFormsNothingIsFound() {
        #expect(EchoSearch().first(in: [UInt8](repeating: 0, count: 100).span, from: 0) == nil)
    }
}
