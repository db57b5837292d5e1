import HTTPWire

/// What the fuzzer's bytes stand for: seven that steer, then what arrives on the wire.
struct FuzzInput {
    /// Bytes that steer: options, then three places to cut, two bytes each.
    static var steeringBytes: Int { 7 }

    /// The standard limits, or ones so small that short inputs reach them.
    let limits: HeadLimits
    /// The method that responses answer: GET or HEAD.
    let method: HTTPMethod
    /// In order; each at most `bytes.count`.
    let cuts: [Int]
    /// What arrives.
    let bytes: [UInt8]

    /// - Returns: nil when there are too few bytes to steer by.
    init?(_ start: UnsafePointer<UInt8>?, _ count: Int) {
        guard let start = unsafe start, count >= Self.steeringBytes else { return nil }
        let all = unsafe UnsafeBufferPointer(start: start, count: count)
        unsafe bytes = Array(all[Self.steeringBytes...])
        let options = unsafe all[0]
        limits = options & 1 == 0 ? .standard : HeadLimits(headBytes: 192, headers: 4, targetBytes: 24)
        method = options & 2 == 0 ? .get : .head
        var cuts: [Int] = []
        for place in 0..<3 {
            let number = unsafe Int(all[1 + 2 * place]) | Int(all[2 + 2 * place]) << 8
            cuts.append(number % (bytes.count + 1))
        }
        self.cuts = cuts.sorted()
    }
}
