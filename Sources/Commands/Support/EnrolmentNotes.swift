import Providers
import SecretMemory

/// What a user should know about a key before it is enrolled; never a refusal.
enum EnrolmentNotes {
    /// Shorter keys are not looked for in answers (DESIGN, section 5.7).
    private static let shortestScanned = 16

    static func show(_ key: borrowing SecretBytes, preset: ProviderPreset?) {
        if key.count < shortestScanned {
            Output.words(
                "Note: a key of under \(shortestScanned) bytes is not searched for in answers; an echo of it would not be redacted.")
        }
        if let preset, let prefix = preset.keyPrefixHint, !starts(key, with: prefix) {
            Output.words("Note: keys of \(preset.title) usually start with \(prefix); this one does not.")
        }
    }

    private static func starts(_ key: borrowing SecretBytes, with prefix: String) -> Bool {
        let expected = Array(prefix.utf8)
        return key.withBytes { bytes in
            bytes.byteCount >= expected.count
                && expected.indices.allSatisfy { unsafe bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) == expected[$0] }
        }
    }
}
