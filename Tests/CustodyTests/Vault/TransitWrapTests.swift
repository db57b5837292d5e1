import Model
import Testing

@testable import Custody

@Suite struct TransitWrapTests {
    private static let base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxw="

    @Test(arguments: [
        "", "vault", "vault:v1", "vault:v1:", "vault:v0:\(base64)", "vault:v01:\(base64)", "vault:v:\(base64)", "vault:v-1:\(base64)",
        "vault:v4294967296:\(base64)", "Vault:v1:\(base64)", "vault:v1:AAAA", "vault:v1:\(base64)\n", "vault:v1: \(base64)",
        "vault:v1:\(base64.dropLast())", "vault:v1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGx1=",
        "vault:v1:-AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxw=",
        "vault:v1:\(base64)==",
    ])
    func `refuses what Vault itself would read, and everything else that is not the one form`(text: String) {
        #expect(TransitWrap.wrap(of: text) == nil)
        #expect(TransitWrap.version(of: Blob([2] + Array(text.utf8))) == nil)
    }

    @Test func `names its version, and only with its own first byte`() {
        for version in [1, 2, 4_294_967_295] as [UInt32] {
            let text = Array("vault:v\(version):\(Self.base64)".utf8)
            #expect(TransitWrap.version(of: Blob([2] + text)) == version)
            #expect(TransitWrap.wrap(of: String(decoding: text, as: UTF8.self)) == Blob([2] + text))
            for kind in [0, 1, 3] as [UInt8] { #expect(TransitWrap.version(of: Blob([kind] + text)) == nil) }
        }
    }
}
