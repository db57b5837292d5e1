internal import Glibc
import NIOCore
import NIOPosix

/// Asks the kernel's routing table whether an address is this machine's own at this moment: those of interfaces, all of 127.0.0.0/8,
/// and what else is routed to the machine itself (rtnetlink(7), `RTM_GETROUTE`).
enum LocalAddress {
    private static let getRoute: UInt16 = 26
    private static let newRoute: UInt16 = 24
    private static let errorMessage: UInt16 = 2
    private static let isRequest: UInt16 = 1
    private static let destinationAttribute: UInt16 = 1
    private static let localRoute: UInt8 = 2

    /// Where the kernel does not say, the interfaces are looked at; where that fails too, the answer is yes.
    static func isLocal(_ address: IPAddress) -> Bool {
        askKernel(address) ?? isOnInterface(address)
    }

    /// - Returns: `nil` where there was no answer that decides.
    private static func askKernel(_ address: IPAddress) -> Bool? {
        let descriptor = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let question = message(address)
        let sent = unsafe question.withUnsafeBytes { unsafe send(descriptor, $0.baseAddress, $0.count, 0) }
        guard sent == question.count else { return nil }
        var answer = [UInt8](repeating: 0, count: 1_024)
        // The kernel answers within `send`.
        let count = unsafe answer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT)) }
        guard count >= 24 else { return nil }
        return unsafe answer.withUnsafeBytes { bytes in
            switch unsafe bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self) {
            // Behind the header of 16 bytes: in `rtmsg` the type is the eighth byte, in `nlmsgerr` the error is the first number.
            case newRoute: unsafe bytes[23] == localRoute
            case errorMessage:
                // No route at all is no local one.
                [-ENETUNREACH, -EHOSTUNREACH].contains(unsafe bytes.loadUnaligned(fromByteOffset: 16, as: Int32.self)) ? false : nil
            default: nil
            }
        }
    }

    /// `nlmsghdr`, `rtmsg` and one attribute, in the machine's byte order but for the address.
    private static func message(_ address: IPAddress) -> [UInt8] {
        let family: UInt8
        let destination: [UInt8]
        switch address {
        case .v4(let number): (family, destination) = (UInt8(AF_INET), bytes(number.bigEndian))
        case .v6(let high, let low): (family, destination) = (UInt8(AF_INET6), bytes(high.bigEndian) + bytes(low.bigEndian))
        }
        let attribute = bytes(UInt16(4 + destination.count)) + bytes(destinationAttribute) + destination
        let route: [UInt8] = [family, UInt8(destination.count * 8), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        let count = UInt32(16 + route.count + attribute.count)
        return bytes(count) + bytes(getRoute) + bytes(isRequest) + [UInt8](repeating: 0, count: 8) + route + attribute
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        unsafe withUnsafeBytes(of: number) { unsafe Array($0) }
    }

    private static func isOnInterface(_ address: IPAddress) -> Bool {
        if case .v4(let number) = address, number >> 24 == 127 { return true }
        guard let devices = try? System.enumerateDevices() else { return true }
        return address == .v6(0, 1) || devices.contains { $0.address.flatMap { IPAddress($0) } == address }
    }
}
