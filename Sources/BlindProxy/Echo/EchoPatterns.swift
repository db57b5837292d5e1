/// The forms in which an injected key could come back in a response, in guarded memory until this value ends.
@safe
struct EchoPatterns: ~Copyable {
    /// Forms with fewer bytes are not looked for.
    static let minimumCount = 16
    /// Forms a key can have, all of them counted.
    private static let capacity = 8
    private static let functionOffset = capacity * MemoryLayout<EchoPattern>.stride

    private let store: EchoStore
    private let cell: UnsafeMutableRawBufferPointer
    /// Forms that are looked for.
    private(set) var count = 0

    /// - Parameters:
    ///   - key: K; read, not kept.
    ///   - prefix: what stands before the key inside what `basic` encodes; empty elsewhere.
    init(key: Span<UInt8>, basicPrefix prefix: Span<UInt8>, store: EchoStore) {
        self.store = store
        let function = EchoHash(point: store.nextPoint())
        unsafe cell = store.take()
        unsafe cell.storeBytes(of: function, toByteOffset: Self.functionOffset, as: EchoHash.self)
        let nothing = Span<UInt8>()
        // Which forms differ from the plain one; most keys have only letters, digits, - and _.
        var isUnreserved = true
        var isJSONPlain = true
        var differsByAlphabet = false
        for index in key.indices {
            isUnreserved = isUnreserved && PercentEncoder.isUnreserved(key[index])
            isJSONPlain = isJSONPlain && !Self.isEscapedInJSON(key[index], escapesSlash: true)
        }
        add(function) { builder in Self.plain(key, &builder) }
        add(function) { builder in differsByAlphabet = Self.base64(nothing, key, url: false, &builder) }
        if differsByAlphabet { add(function) { builder in _ = Self.base64(nothing, key, url: true, &builder) } }
        if !prefix.isEmpty { add(function) { builder in _ = Self.base64(prefix, key, url: false, &builder) } }
        if !isUnreserved {
            add(function) { builder in Self.percent(key, "0123456789ABCDEF", &builder) }
            add(function) { builder in Self.percent(key, "0123456789abcdef", &builder) }
        }
        if !isJSONPlain {
            add(function) { builder in Self.json(key, escapesSlash: false, &builder) }
            add(function) { builder in Self.json(key, escapesSlash: true, &builder) }
        }
    }

    deinit {
        unsafe store.giveBack(cell)
    }

    /// The response's hash.
    var function: EchoHash { unsafe cell.load(fromByteOffset: Self.functionOffset, as: EchoHash.self) }

    /// - Parameter index: 0 up to `count`.
    subscript(index: Int) -> EchoPattern {
        precondition((0..<count).contains(index), "a form that is not there")
        return unsafe cell.load(fromByteOffset: index * MemoryLayout<EchoPattern>.stride, as: EchoPattern.self)
    }

    /// What `EchoSearch` looks for.
    var search: EchoSearch {
        var search = EchoSearch()
        for index in 0..<count { search.add(self[index].first) }
        return search
    }

    private mutating func add(_ function: EchoHash, _ form: (inout EchoPatternBuilder) -> Void) {
        var builder = EchoPatternBuilder(function)
        form(&builder)
        guard count < Self.capacity, let pattern = builder.finish() else { return }
        for index in 0..<count where self[index] == pattern { return }
        unsafe cell.storeBytes(of: pattern, toByteOffset: count * MemoryLayout<EchoPattern>.stride, as: EchoPattern.self)
        count += 1
    }

    private static func plain(_ key: Span<UInt8>, _ builder: inout EchoPatternBuilder) {
        var at = 0
        while at &+ 4 <= key.count {
            // In bounds by the condition above; every pattern of bits is a UInt32.
            builder.append(four: UInt32(littleEndian: unsafe key.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt32.self)))
            at &+= 4
        }
        while at < key.count {
            builder.append(key[at])
            at &+= 1
        }
    }

    /// Whole groups only: the last characters depend on what follows the key.
    /// - Returns: whether the other alphabet's text is another one.
    private static func base64(
        _ first: Span<UInt8>, _ second: Span<UInt8>, url: Bool, _ builder: inout EchoPatternBuilder
    ) -> Bool {
        var differs = false
        let count = first.count + second.count
        func byte(_ index: Int) -> UInt32 { UInt32(index < first.count ? first[index] : second[index &- first.count]) }
        var start = 0
        while start &+ 3 <= count {
            let group = byte(start) << 16 | byte(start &+ 1) << 8 | byte(start &+ 2)
            var characters: UInt32 = 0
            var shift: UInt32 = 24
            while shift > 0 {
                shift &-= 6
                let value = Int32(truncatingIfNeeded: group &>> shift & 63)
                differs = differs || value >= 62
                // The first character comes to stand in the lowest bits.
                characters = characters &>> 8 | UInt32(Base64.character(value, url: url)) &<< 24
            }
            builder.append(four: characters)
            start &+= 3
        }
        return differs
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
            if isEscapedInJSON(byte, escapesSlash: escapesSlash) { builder.append(UInt8(ascii: "\\")) }
            builder.append(byte)
        }
    }

    private static func isEscapedInJSON(_ byte: UInt8, escapesSlash: Bool) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || (escapesSlash && byte == UInt8(ascii: "/"))
    }
}
