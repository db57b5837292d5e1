import HTTPWire

/// What a `ByteWriter` wrote, as an array.
enum WrittenBytes {
    /// - Parameter capacity: bytes that must be enough.
    static func of(capacity: Int, _ body: (inout ByteWriter) -> Void) -> [UInt8] {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
        defer { unsafe memory.deallocate() }
        var writer = unsafe ByteWriter(memory)
        body(&writer)
        do throws(HTTPWireError) {
            let count = try writer.finish()
            return unsafe Array(memory[..<count])
        } catch {
            check(false, "what is written keeps to its size")
            return []
        }
    }
}
