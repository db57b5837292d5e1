extension RawSpan {
    /// One byte; `index` is below `byteCount`.
    func byte(at index: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: index, as: UInt8.self)
    }
}

extension MutableRawSpan {
    /// One byte; `index` is below `byteCount`.
    func byte(at index: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: index, as: UInt8.self)
    }
}
