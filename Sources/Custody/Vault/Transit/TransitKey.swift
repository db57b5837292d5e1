/// What a Vault says of a transit key.
struct TransitKey: Equatable, Sendable {
    let type: String
    let isDerived: Bool
    let isConvergent: Bool
    let isExportable: Bool
    let allowsPlaintextBackup: Bool
    let latest: UInt32
    let minDecryption: UInt32
    /// 0: no floor of its own.
    let minEncryption: UInt32
    /// Versions below are gone for good; 0: none is.
    let minAvailable: UInt32
    /// Ascending; those that may still decrypt.
    let versions: [KEKVersion]

    /// - Returns: `nil` where a member is missing or of another form.
    init?(_ json: JSONText) {
        let data = json.value("data")
        func number(_ name: String) -> UInt32? { json.integer(json.member(name, of: data)).flatMap(UInt32.init(exactly:)) }
        func flag(_ name: String) -> Bool? { json.boolean(json.member(name, of: data)) }
        guard let type = json.string(json.member("type", of: data)), let isDerived = flag("derived"), let isExportable = flag("exportable"),
            let allowsPlaintextBackup = flag("allow_plaintext_backup"), let latest = number("latest_version"), latest >= 1,
            let minDecryption = number("min_decryption_version"), let minEncryption = number("min_encryption_version")
        else { return nil }
        self.type = type
        self.isDerived = isDerived
        self.isExportable = isExportable
        self.allowsPlaintextBackup = allowsPlaintextBackup
        self.latest = latest
        self.minDecryption = minDecryption
        self.minEncryption = minEncryption
        isConvergent = flag("convergent_encryption") ?? false
        minAvailable = number("min_available_version") ?? 0
        let held = (json.children(of: json.member("keys", of: data)) ?? []).compactMap { name, value -> KEKVersion? in
            guard let number = UInt32(name), number >= 1, let time = json.integer(value).flatMap(UInt64.init(exactly:)) else { return nil }
            return KEKVersion(number: number, createdAt: time)
        }
        versions = held.filter { $0.number >= minDecryption }.sorted { $0.number < $1.number }
    }

    var kekVersions: KEKVersions { KEKVersions(current: latest, all: versions) }
}

extension TransitKey {
    /// Types whose keys have 256 bits and whose ciphertexts are authenticated with a nonce of Vault's own.
    private static let types: Set<String> = ["aes256-gcm96", "chacha20-poly1305", "xchacha20-poly1305"]

    /// - Throws: `.misconfigured` for a key that must not hold wraps. None of these can be changed on a key that is there.
    func check(_ place: TransitPlace) throws(CustodyError) {
        func wrong(_ reason: String) -> CustodyError {
            .misconfigured(
                "the key \(place.key) at \(place.mount) \(reason); "
                    + "run: vault write -f \(place.mount)/keys/NAME derived=true, and name that key in --kek")
        }
        guard Self.types.contains(type) else { throw wrong("is of type \(VaultText.line(type)), not aes256-gcm96") }
        guard isDerived else { throw wrong("is not derived, so that a wrap would open in any row") }
        guard !isConvergent else { throw wrong("is convergent, so that equal secrets give equal wraps") }
        guard !isExportable else { throw wrong("is exportable, so that a Vault token can take it away") }
        guard !allowsPlaintextBackup else { throw wrong("allows plaintext backups, so that a Vault token can take it away") }
    }
}
