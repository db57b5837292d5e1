/// The forms in which an injected key could come back in a response.
struct EchoPatterns: Sendable {
    /// Forms with fewer bytes are not looked for.
    static let minimumCount = 16

    let function: EchoHash
    private(set) var items: [EchoPattern] = []
    /// The first bytes of the items, filled up with repetitions: compared all at once.
    private(set) var firsts = SIMD8<UInt32>(repeating: 0)

    /// - Parameters:
    ///   - key: K; read, not kept.
    ///   - prefix: what stands before the key inside what `basic` encodes; empty elsewhere.
    init(key: Span<UInt8>, basicPrefix prefix: Span<UInt8>, function: EchoHash = EchoHash()) {
        self.function = function
        add { builder in Self.plain(key, &builder) }
        add { builder in Self.base64([UInt8]().span, key, url: false, &builder) }
        add { builder in Self.base64([UInt8]().span, key, url: true, &builder) }
        if !prefix.isEmpty { add { builder in Self.base64(prefix, key, url: false, &builder) } }
        add { builder in Self.percent(key, "0123456789ABCDEF", &builder) }
        add { builder in Self.percent(key, "0123456789abcdef", &builder) }
        add { builder in Self.json(key, escapesSlash: false, &builder) }
        add { builder in Self.json(key, escapesSlash: true, &builder) }
        guard let pattern = items.first else { return }
        firsts = SIMD8(repeating: pattern.first)
        for index in items.indices { firsts[index] = items[index].first }
    }

    var isEmpty: Bool { items.isEmpty }

    /// Bytes of the longest form.
    var longest: Int { items.reduce(0) { max($0, $1.count) } }

    private mutating func add(_ form: (inout EchoPatternBuilder) -> Void) {
        var builder = EchoPatternBuilder(function)
        form(&builder)
        guard let pattern = builder.finish(), !items.contains(pattern) else { return }
        items.append(pattern)
    }

    private static func plain(_ key: Span<UInt8>, _ builder: inout EchoPatternBuilder) {
        for index in key.indices { builder.append(key[index]) }
    }

    /// Whole groups only: the last characters depend on what follows the key.
    private static func base64(_ first: Span<UInt8>, _ second: Span<UInt8>, url: Bool, _ builder: inout EchoPatternBuilder) {
        let count = first.count + second.count
        func byte(_ index: Int) -> UInt32 { UInt32(index < first.count ? first[index] : second[index - first.count]) }
        for start in stride(from: 0, to: count - count % 3, by: 3) {
            let group = byte(start) << 16 | byte(start + 1) << 8 | byte(start + 2)
            for shift: UInt32 in [18, 12, 6, 0] { builder.append(Base64.character(Int32(group >> shift & 63), url: url)) }
        }
    }

    private static func percent(_ key: Span<UInt8>, _ digits: StaticString, _ builder: inout EchoPatternBuilder) {
        func digit(_ value: UInt8) -> UInt8 { unsafe digits.utf8Start[Int(value & 15)] }  // sixteen digits
        for index in key.indices {
            let byte = key[index]
            if PercentEncoder.isUnreserved(byte) {
                builder.append(byte)
            } else {
                builder.append(UInt8(ascii: "%"))
                builder.append(digit(byte >> 4))
                builder.append(digit(byte))
            }
        }
    }

    private static func json(_ key: Span<UInt8>, escapesSlash: Bool, _ builder: inout EchoPatternBuilder) {
        for index in key.indices {
            let byte = key[index]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || (escapesSlash && byte == UInt8(ascii: "/")) {
                builder.append(UInt8(ascii: "\\"))
            }
            builder.append(byte)
        }
    }
}
