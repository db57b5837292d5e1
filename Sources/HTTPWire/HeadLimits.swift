/// How much of a head or a chunked body is accepted. Ours, not the specification's.
package struct HeadLimits: Sendable, Equatable {
    /// Bytes of the whole head, its empty line included.
    package let headBytes: Int
    /// Header fields.
    package let headers: Int
    /// Bytes of the request target.
    package let targetBytes: Int

    /// - Parameters:
    ///   - headBytes: held to 64 bytes … 1 MiB; 64 KiB when left out.
    ///   - headers: held to 1 … 1024; 128 when left out.
    ///   - targetBytes: held to 1 … `headBytes`; 16 KiB when left out.
    package init(headBytes: Int = 65_536, headers: Int = 128, targetBytes: Int = 16_384) {
        self.headBytes = min(max(headBytes, 64), 1_048_576)
        self.headers = min(max(headers, 1), 1024)
        self.targetBytes = min(max(targetBytes, 1), self.headBytes)
    }

    /// 64 KiB, 128 headers, 16 KiB of target.
    package static var standard: HeadLimits { HeadLimits() }

    /// Bytes of one header name; it fits the 16 bits of a `HeaderField`.
    static var nameBytes: Int { 256 }
    /// Bytes of a method.
    static var methodBytes: Int { 32 }
    /// Options in all `Connection` fields of a head: each is compared with every header name.
    static var connectionOptions: Int { 32 }
}
