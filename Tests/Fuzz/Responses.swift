import HTTPWire

/// Everything an upstream may send on one connection, in answer to GET or HEAD: interim heads, final ones, bodies.
@_cdecl("fuzzResponses")
public func fuzzResponses(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let input = unsafe FuzzInput(start, count) else { return -1 }
    StreamChecks<ResponseHead>.run(input)
    return 0
}
