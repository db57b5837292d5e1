import Glibc

/// A host to connect to: a lower-case name in ASCII (A-label) form, an IPv4 address in dotted decimal, or an IPv6 address.
package struct HTTPHost: Sendable, Hashable {
    /// Without brackets; an IPv6 address in the form of RFC 5952.
    package let text: String
    private let isIPv6: Bool

    /// Reads a host as it stands in a URL; letters become lower case, an IPv6 address needs its brackets.
    /// - Throws: `.invalidURL` for an empty label, a character outside letters, digits, `-` and `_`, a zone id, and for names that
    ///   resolvers read as addresses though they are not in dotted decimal (`127.1`, `0x7f.1`): a signature would cover a text
    ///   other than the address dialled.
    package init(_ input: some StringProtocol) throws(HTTPTransportError) {
        let text = input.lowercased()
        if text.hasPrefix("[") || text.contains(":") {
            guard text.hasPrefix("["), text.hasSuffix("]"), let address = Self.canonicalIPv6(String(text.dropFirst().dropLast())) else {
                throw .invalidURL(reason: "an IPv6 address stands in brackets")
            }
            self.text = address
            self.isIPv6 = true
            return
        }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= 253, let last = labels.last, labels.allSatisfy(Self.isLabel) else {
            throw .invalidURL(reason: "the host is no name in ASCII form (xn--) and no address")
        }
        if last.hasPrefix("0x") || last.utf8.allSatisfy({ (48...57).contains($0) }) {
            guard labels.count == 4, labels.allSatisfy({ label in UInt8(label).map(String.init) == String(label) }) else {
                throw .invalidURL(reason: "an IPv4 address has four decimal numbers")
            }
        }
        self.text = text
        self.isIPv6 = false
    }

    /// As it stands in a URL: IPv6 in brackets.
    package var urlText: String { isIPv6 ? "[\(text)]" : text }

    /// `localhost` and names below it (RFC 6761), 127.0.0.0/8 and ::1.
    package var isLoopback: Bool {
        if isIPv6 { return text == "::1" }
        if text == "localhost" || text.hasSuffix(".localhost") { return true }
        let labels = text.split(separator: ".")
        return labels.count == 4 && labels.first == "127" && labels.allSatisfy { UInt8($0) != nil }
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 95 }
    }

    private static func canonicalIPv6(_ text: String) -> String? {
        var address = in6_addr()
        guard unsafe inet_pton(AF_INET6, text, &address) == 1 else { return nil }
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard unsafe inet_ntop(AF_INET6, &address, &buffer, socklen_t(buffer.count)) != nil else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
