import HTTPWire

/// A chunked body, and what follows it.
@_cdecl("fuzzChunks")
public func fuzzChunks(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let input = unsafe FuzzInput(start, count) else { return -1 }
    ChunkChecks.run(input)
    return 0
}
