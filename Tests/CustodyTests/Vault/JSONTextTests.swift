import SecretMemory
import Testing

@testable import Custody

@Suite struct JSONTextTests {
    @Test(arguments: [
        "", " ", "{", "}", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "\"a", "\"a\\\"", "tru", "nul", "[1] x",
        "{\"a\":1}{", "\"\n\"", "]",
        "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]",
    ])
    func `refuses what is no JSON document, or too deep`(text: String) {
        #expect(JSONText(Array(text.utf8)) == nil)
    }

    @Test func `finds members by their path and nothing that is not there`() {
        let json = JSONText(Array(#"{"a":{"b":[1,{"c":"x"}],"a":2},"b":true,"n":null,"a":9,"neg":-5}"#.utf8))
        #expect(json?.integer(json?.value("a", "a")) == 2)
        #expect(json?.boolean(json?.value("b")) == true)
        #expect(json?.integer(json?.value("neg")) == -5)
        #expect(json?.value("n")?.kind == .null)
        let items = json?.children(of: json?.value("a", "b"))
        #expect(items?.count == 2)
        #expect(json?.string(json?.member("c", of: items?[1].value)) == "x")
        #expect(json?.children(of: json?.root)?.map(\.name) == ["a", "b", "n", "a", "neg"])
        for missing in [json?.value("x"), json?.value("b", "a"), json?.value("a", "b", "c")] { #expect(missing == nil) }
        #expect(json?.string(json?.value("b")) == nil)
        #expect(json?.integer(json?.value("b")) == nil)
    }

    @Test func `undoes every escape, in plain and in guarded memory`() {
        let text = #"{"a":"\u003c\ud83d\ude00\"\\\/\b\f\n\r\té","bad":"\ud83dx","bad2":"\q","bad3":"\u12","empty":""}"#
        let json = JSONText(Array(text.utf8))
        let expected = "<😀\"\\/\u{8}\u{c}\n\r\té"
        #expect(json?.string(json?.value("a")) == expected)
        for name in ["bad", "bad2", "bad3"] { #expect(json?.string(json?.value(name)) == nil) }
        let guarded = unsafe JSONText(SecretBytes(copying: Array(text.utf8).span.bytes))
        guard let secret = guarded?.secretString(guarded?.value("a")) else {
            Issue.record("nothing was found")
            return
        }
        let bytes = secret.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe Array($0) } }
        #expect(bytes == Array(expected.utf8))
        let none = guarded?.secretString(guarded?.value("empty")) == nil
        #expect(none)
    }

    @Test func `writes a secret so that it reads back`() throws {
        let secret = Array("line\n\"quoted\" \\ \u{1}é".utf8)
        let text = unsafe try SecretJSON.text("{\"x\":", secret.span.bytes, .string, ",\"y\":2}")
        let json = JSONText(text)
        #expect(json?.string(json?.value("x")) == String(decoding: secret, as: UTF8.self))
        #expect(json?.integer(json?.value("y")) == 2)
        #expect(JSONString.quoted("a\"b\\c\n") == #""a\"b\\c\u000a""#)
        let base64 = unsafe JSONText(try SecretJSON.text("{\"x\":", ([1, 2, 3, 4] as [UInt8]).span.bytes, .base64, "}"))
        #expect(base64?.string(base64?.value("x")) == "AQIDBA==")
    }
}
