import NIOCore

extension IPAddress {
    /// The address of a socket; `nil` for a socket that has none.
    init?(_ address: SocketAddress) {
        guard let text = address.ipAddress, let found = IPAddress(String(text.prefix { $0 != "%" })) else { return nil }
        self = found
    }

    /// For dialling exactly this address.
    func socketAddress(port: Int) throws -> SocketAddress {
        var bytes = ByteBuffer()
        switch self {
        case .v4(let number): bytes.writeInteger(number)
        case .v6(let high, let low):
            bytes.writeInteger(high)
            bytes.writeInteger(low)
        }
        return try SocketAddress(packedIPAddress: bytes, port: port)
    }
}
