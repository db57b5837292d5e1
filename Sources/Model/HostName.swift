internal import Glibc

/// A host as it is authenticated: a lower-case A-label name, an IPv4 address in dotted decimal or an IPv6 address in RFC 5952 form.
package struct HostName: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Sendable { case name, ipv4, ipv6 }

    /// Without brackets.
    package let text: String
    package let kind: Kind

    /// Reads a host, brackets around an IPv6 address allowed, letters folded to lower case.
    /// - Throws: `.invalidDestination` for an empty label, a trailing dot, a non-ASCII letter, a number-like name that is no address
    ///   (`0x7f.1`, `127.1`), an IPv4 address in other than its canonical form, or a zone id. An IPv6 address is brought into its own.
    package init(_ input: some StringProtocol) throws(ModelError) {
        // Before folding case: the Kelvin sign, for one, folds to an ASCII k.
        guard input.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw ModelError(.invalidDestination, "\(input) is not a host name in ASCII form (use the xn-- form)")
        }
        var text = input.lowercased()
        var bracketed = false
        if text.hasPrefix("["), text.hasSuffix("]") {
            text = String(text.dropFirst().dropLast())
            bracketed = true
        }
        if text.contains(":") {
            guard let canonical = Self.canonicalIPv6(text) else {
                throw ModelError(.invalidDestination, "\(input) is not an IPv6 address")
            }
            self.text = canonical
            self.kind = .ipv6
            return
        }
        guard !bracketed, (1...253).contains(text.utf8.count) else {
            throw ModelError(.invalidDestination, "\(input) is not a host name")
        }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.allSatisfy({ Self.isLabel($0) }) else {
            throw ModelError(.invalidDestination, "\(input) is not a host name in ASCII form (use the xn-- form)")
        }
        // A last label that could be read as a number makes the whole an address for resolvers (WHATWG URL, "ends in a number").
        if let last = labels.last, last.utf8.allSatisfy({ (48...57).contains($0) }) || last.hasPrefix("0x") {
            guard labels.count == 4, labels.allSatisfy({ UInt8($0) != nil && String(UInt8($0) ?? 0) == $0 }) else {
                throw ModelError(.invalidDestination, "\(input) is not an IPv4 address in dotted decimal")
            }
            self.kind = .ipv4
        } else {
            self.kind = .name
        }
        self.text = text
    }

    package var description: String { text }

    /// As it stands in a URL or a `Host` header: IPv6 in brackets.
    package var urlText: String { kind == .ipv6 ? "[\(text)]" : text }

    private static func isLabel(_ label: Substring) -> Bool {
        let bytes = label.utf8
        return (1...63).contains(bytes.count) && label.first != "-" && label.last != "-"
            && bytes.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 95 }
    }

    private static func canonicalIPv6(_ text: String) -> String? {
        var address = in6_addr()
        guard unsafe inet_pton(AF_INET6, text, &address) == 1 else { return nil }
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard unsafe inet_ntop(AF_INET6, &address, &buffer, socklen_t(buffer.count)) != nil else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
