import HTTPWire

/// What a `ByteWriter` wrote, as an array.
enum Written {
    /// - Parameter capacity: bytes of the memory the writer gets.
    /// - Throws: `.outputFull`.
    static func bytes(_ capacity: Int, _ body: (inout ByteWriter) -> Void) throws(HTTPWireError) -> [UInt8] {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
        defer { unsafe memory.deallocate() }
        var writer = unsafe ByteWriter(memory)
        body(&writer)
        let count = try writer.finish()
        return unsafe Array(memory[..<count])
    }
}
