import Model

/// Items that go to Vault in one request, and the reading of its results: as many as items, in their order, none with an error.
struct TransitBatch: Sendable {
    /// Most items of a request.
    static let mostItems = 512
    /// Most bytes of a request; Vault takes 32 MiB.
    static let mostBytes = 4 << 20

    let items: [TransitItem]

    static func cut(_ items: [TransitItem]) -> [TransitBatch] {
        var batches: [TransitBatch] = []
        var current: [TransitItem] = []
        var count = 0
        for item in items {
            if !current.isEmpty, current.count == mostItems || count + item.count > mostBytes {
                batches.append(TransitBatch(items: current))
                current = []
                count = 0
            }
            current.append(item)
            count += item.count
        }
        if !current.isEmpty { batches.append(TransitBatch(items: current)) }
        return batches
    }

    var body: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(items.reduce(32) { $0 + $1.count })
        out += Array("{\"batch_input\":[".utf8)
        for (index, item) in items.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            item.append(to: &out, reference: index)
        }
        out += Array("]}".utf8)
        return out
    }

    /// The wraps an encryption or a rewrapping gave.
    func wraps(_ json: JSONText, _ place: TransitPlace) throws(CustodyError) -> [Blob] {
        try results(json, place) { node in json.string(json.member("ciphertext", of: node)).flatMap(TransitWrap.wrap(of:)) }
    }

    /// The plaintexts a decryption gave; an empty one is legal.
    func plaintexts(_ json: JSONText, _ place: TransitPlace) throws(CustodyError) -> [Blob] {
        try results(json, place) { node in
            json.withCharacters(of: json.member("plaintext", of: node)) { Base64.decode($0).map(Blob.init) }
        }
    }

    /// What an error's text says of the items; `nil` where it says nothing of them.
    func error(of text: String) -> CustodyError? {
        guard let first = items.first, case .text = first.value else { return nil }
        return Self.error(of: text, version: first.version)
    }

    /// - Parameter version: of the wrap the text is about.
    static func error(of text: String, version: UInt32) -> CustodyError? {
        if text.contains("disallowed by policy (too old)") || text.contains("version is too new") { return .unknownVersion(version) }
        if text.contains("message authentication failed") || text.contains("invalid ciphertext") { return .integrity }
        return nil
    }

    private func results(_ json: JSONText, _ place: TransitPlace, _ read: (JSONNode) -> Blob?) throws(CustodyError) -> [Blob] {
        let results = json.children(of: json.value("data", "batch_results")) ?? []
        guard results.count == items.count else {
            throw .unreachable(
                "the Vault at \(place.origin) answered \(results.count) of \(items.count) items; run: vault status -address=\(place.origin)"
            )
        }
        var blobs: [Blob] = []
        blobs.reserveCapacity(results.count)
        for (index, result) in results.enumerated() {
            let text = json.string(json.member("error", of: result.value)) ?? ""
            guard text.isEmpty else { throw itemError(text, items[index], place) }
            // Echoed since 1.13; it shows an answer in another order.
            let reference = json.string(json.member("reference", of: result.value)) ?? ""
            guard reference.isEmpty || reference == String(index), let blob = read(result.value) else {
                throw .unreachable(
                    "the Vault at \(place.origin) answered item \(index) with something else; run: vault status -address=\(place.origin)")
            }
            blobs.append(blob)
        }
        return blobs
    }

    private func itemError(_ text: String, _ item: TransitItem, _ place: TransitPlace) -> CustodyError {
        if case .text = item.value {
            // A text that says nothing of the wrap is the server's trouble: no row is called damaged for it.
            let cause = "the Vault at \(place.origin) does not open (\(VaultText.line(text)))"
            return Self.error(of: text, version: item.version) ?? .unreachable("\(cause); run: vault status -address=\(place.origin)")
        }
        return .misconfigured("the Vault at \(place.origin) does not wrap (\(VaultText.line(text))); run: vault read \(place.keyPath())")
    }
}
