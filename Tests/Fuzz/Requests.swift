import HTTPWire

/// Everything a client may send on one connection: heads, bodies, and the next request behind each.
@_cdecl("fuzzRequests")
public func fuzzRequests(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let input = unsafe FuzzInput(start, count) else { return -1 }
    StreamChecks<RequestHead>.run(input)
    return 0
}
