extension RawSpan {
    /// One byte; an offset out of bounds is a bug of ours and stops the process.
    func byte(at offset: Int) -> UInt8 {
        precondition(offset >= 0 && offset < byteCount)
        return unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    /// Whether the bytes are those of `text`; for public bytes.
    func equals(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { text in
            unsafe withUnsafeBytes { bytes in unsafe bytes.elementsEqual(text) }
        }
    }
}

extension MutableRawSpan {
    /// Sets one byte; an offset out of bounds is a bug of ours and stops the process.
    mutating func setByte(_ byte: UInt8, at offset: Int) {
        precondition(offset >= 0 && offset < byteCount)
        unsafe storeBytes(of: byte, toUncheckedByteOffset: offset, as: UInt8.self)
    }

    /// Lends the bytes of `range` to `body`; a range out of bounds is a bug of ours and stops the process.
    mutating func withPart<R: ~Copyable, E: Error>(
        _ range: Range<Int>, _ body: (inout MutableRawSpan) throws(E) -> R
    ) throws(E) -> R {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount)
        return try unsafe withUnsafeMutableBytes { (bytes) throws(E) in
            var part = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[range]).mutableBytes
            return try body(&part)
        }
    }

    /// Copies `source` to `offset`; not fitting is a bug of ours and stops the process.
    mutating func copy(_ source: RawSpan, to offset: Int = 0) {
        precondition(offset >= 0 && offset <= byteCount - source.byteCount)
        unsafe withUnsafeMutableBytes { out in
            unsafe source.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: out[offset...]).copyMemory(from: source)
            }
        }
    }
}
