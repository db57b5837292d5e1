import HTTPWire
import Testing

@testable import BlindProxy

@Suite struct EchoScannerTests {
    private static let key = Array("sk-proj-abcdefghijklmnop+/=0123\"x".utf8)

    private let store = EchoStore()

    private func scanner(_ key: [UInt8] = key, prefix: String = "") -> EchoScanner {
        let prefix = Array(prefix.utf8)
        return EchoScanner(EchoPatterns(key: key.span, basicPrefix: prefix.span, store: store))
    }

    /// What comes out when `pieces` go in one after the other.
    private func scan(_ pieces: [[UInt8]], _ scanner: inout EchoScanner) -> [UInt8] {
        var out: [UInt8] = []
        for piece in pieces {
            _ = scanner.scan(piece.span, isLast: false) { bytes in for index in bytes.indices { out.append(bytes[index]) } }
        }
        _ = scanner.scan(Span(), isLast: true) { bytes in for index in bytes.indices { out.append(bytes[index]) } }
        return out
    }

    private func redacted(_ text: [UInt8], _ form: [UInt8]) -> [UInt8] {
        var out = text
        var at = 0
        while at + form.count <= out.count {
            if Array(out[at..<at + form.count]) == form {
                out.replaceSubrange(at..<at + form.count, with: repeatElement(UInt8(ascii: "*"), count: form.count))
                at += form.count
            } else {
                at += 1
            }
        }
        return out
    }

    @Test func aKeyShorterThanSixteenBytesIsNotLookedFor() {
        var short = scanner(Array("short-key".utf8))
        let text = Array("short-key and more".utf8)
        #expect(scan([text], &short) == text)
        #expect(short.redactions == 0)
    }

    @Test func nearMatchesPassUnchanged() {
        for length in 1..<Self.key.count {
            var text = Array(Self.key[..<length])
            text += Array("?".utf8)
            var scanner = scanner()
            #expect(scan([text, text], &scanner) == text + text)
            #expect(scanner.redactions == 0)
        }
    }

    @Test func everySplitGivesTheSameResult() {
        let text = Array("before ".utf8) + Self.key + Array(" between ".utf8) + Self.key + Self.key + Array(" after".utf8)
        let expected = redacted(text, Self.key)
        for cut in 0...text.count {
            var scanner = scanner()
            #expect(scan([Array(text[..<cut]), Array(text[cut...])], &scanner) == expected, "cut at \(cut)")
            #expect(scanner.redactions == 3)
        }
        var bytewise = scanner()
        #expect(scan(text.map { [$0] }, &bytewise) == expected)
    }

    @Test func everyFormIsFound() {
        let forms = [
            "sk-proj-abcdefghijklmnop+/=0123\"x",
            "sk-proj-abcdefghijklmnop%2B%2F%3D0123%22x",
            "sk-proj-abcdefghijklmnop%2b%2f%3d0123%22x",
            #"sk-proj-abcdefghijklmnop+/=0123\"x"#,
            #"sk-proj-abcdefghijklmnop+\/=0123\"x"#,
            "c2stcHJvai1hYmNkZWZnaGlqa2xtbm9wKy89MDEyMyJ4",
        ]
        for form in forms {
            var scanner = scanner()
            let text = Array("[\(form)]".utf8)
            #expect(scan([text], &scanner) == redacted(text, Array(form.utf8)), "\(form)")
            #expect(scanner.redactions == 1)
        }
    }

    @Test func theTwoAlphabetsOfBase64AreFound() {
        let key = Array("\u{3e}\u{3f}\u{3f}>>>???~~~~~~~~".utf8)
        for form in ["Pj8/Pj4+Pz8/fn5+fn5+fn5", "Pj8_Pj4-Pz8_fn5-fn5-fn5"] {
            var scanner = scanner(key)
            let text = Array("x\(form)x".utf8)
            _ = scan([text], &scanner)
            #expect(scanner.redactions == 1, "\(form)")
        }
    }

    @Test func whatBasicEncodesIsFound() {
        var scanner = scanner(Array("0123456789abcdef".utf8), prefix: "user:")
        let text = Array("Basic dXNlcjowMTIzNDU2Nzg5YWJjZGVm".utf8)
        #expect(scan([text], &scanner) == Array("Basic ****************************".utf8))
    }

    @Test func aHeadIsRedactedInPlace() {
        let scanner = scanner()
        var head = Array("HTTP/1.1 200 OK\r\nx-debug: ".utf8) + Self.key + Array("\r\n\r\n".utf8)
        var elements = head.mutableSpan
        var span = unsafe elements.mutableBytes
        scanner.redact(&span)
        #expect(
            String(decoding: head, as: UTF8.self) == "HTTP/1.1 200 OK\r\nx-debug: \(String(repeating: "*", count: Self.key.count))\r\n\r\n")
    }

    @Test func onlyBytesThatCouldBelongToAMatchWait() {
        let scanner = scanner()
        var out: [UInt8] = []
        func push(_ text: String) {
            let text = Array(text.utf8)
            _ = scanner.scan(text.span, isLast: false) { bytes in for index in bytes.indices { out.append(bytes[index]) } }
        }
        push("data: hello\n\n")
        #expect(scanner.heldCount == 0)
        push("data: sk")
        #expect(scanner.heldCount == 2)
        push("y\n\n")
        #expect(scanner.heldCount == 0)
        #expect(String(decoding: out, as: UTF8.self) == "data: hello\n\ndata: sky\n\n")
    }

    @Test func saysFromWhereItsSourceHoldsKeyBytes() {
        let scanner = scanner()
        let text = Array("abc".utf8) + Self.key
        #expect(scanner.scan(text.span, isLast: false) { _ in } == 3)
        let other = Array("nothing".utf8)
        #expect(scanner.scan(other.span, isLast: false) { _ in } == nil)
    }

    @Test func overlappingNearMatchesDoNotHideAMatch() {
        let key = Array("sk-sk-sk-sk-sk-sk-end".utf8)
        let text = Array("sk-sk-".utf8) + key + Array("sk-".utf8)
        for cut in 0...text.count {
            var scanner = scanner(key)
            #expect(scan([Array(text[..<cut]), Array(text[cut...])], &scanner) == redacted(text, key), "cut at \(cut)")
        }
    }

    @Test func whatIsKeptOfAKeyIsWipedAndUsedAgain() {
        for _ in 0..<3 {
            var scanners = (0..<500).map { _ in scanner() }
            #expect(store.used == 500)
            scanners.removeAll()
            #expect(store.used == 0)
        }
        let cell = unsafe store.take()
        let isWiped = unsafe cell.allSatisfy { $0 == 0 }
        #expect(isWiped)
        unsafe store.giveBack(cell)
    }

    @Test func aHashThatIsBuiltUpIsTheOneThatIsAppendedTo() {
        for point in [0, 1, 0x1234_5678_9abc_def0, UInt64.max] {
            let function = EchoHash(point: point)
            var (built, appended): (UInt64, UInt64) = (0, 0)
            for byte in (0..<1_000).map({ UInt8(truncatingIfNeeded: $0 &* 197 | 0x80) }) {
                built = function.absorbing(byte, into: built)
                appended = function.appending(byte, to: appended)
                #expect(function.finished(built) == appended)
            }
        }
    }

    /// The checks that come before a window's hash let through what they must, and only what the hash then judges.
    @Test func nearMatchesThatDifferAnywherePassUnchanged() {
        let key = Array("sk-near-0123456789abcdefghijklmnop".utf8)
        for place in key.indices {
            var near = key
            near[place] ^= 1
            var scanner = scanner(key)
            let body = near + near + key + near
            #expect(scan([body], &scanner) == near + near + [UInt8](repeating: UInt8(ascii: "*"), count: near.count) + near)
            #expect(scanner.redactions == 1)
        }
    }

    @Test func aMovedWindowHashesLikeAFreshOne() {
        let function = EchoHash(point: 0x1234_5678_9abc_def0)
        let bytes = (0..<200).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }
        let count = 40
        func fresh(_ start: Int) -> UInt64 { bytes[start..<start + count].reduce(UInt64(0)) { function.appending($1, to: $0) } }
        var moved = fresh(0)
        for start in 1...(bytes.count - count) {
            moved = function.moving(moved, weight: function.weight(count: count), from: bytes[start - 1], to: bytes[start + count - 1])
            #expect(moved == fresh(start))
        }
    }
}
