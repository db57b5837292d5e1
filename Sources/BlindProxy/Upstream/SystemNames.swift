internal import Glibc

/// The system's own resolver.
enum SystemNames {
    /// The addresses of `host` in the system's order of preference (RFC 6724), each once; empty where there is none. Blocks its thread for
    /// as long as the system is patient with name servers, which can be minutes.
    static func addresses(of host: String) -> [IPAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            if let address = unsafe address(of: entry.pointee), !addresses.contains(address) { addresses.append(address) }
            unsafe next = entry.pointee.ai_next
        }
        return addresses
    }

    private static func address(of entry: addrinfo) -> IPAddress? {
        guard let pointer = unsafe entry.ai_addr else { return nil }
        let bytes = unsafe UnsafeRawBufferPointer(start: pointer, count: Int(entry.ai_addrlen))
        // Behind family and port; in a sockaddr_in6 the flow information stands between.
        switch unsafe entry.ai_family {
        case AF_INET where bytes.count >= 8: return unsafe IPAddress(bytes: UnsafeRawBufferPointer(rebasing: bytes[4..<8]))
        case AF_INET6 where bytes.count >= 24: return unsafe IPAddress(bytes: UnsafeRawBufferPointer(rebasing: bytes[8..<24]))
        default: return nil
        }
    }
}
