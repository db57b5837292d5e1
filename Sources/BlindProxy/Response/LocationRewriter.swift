import HTTPWire
import Model

/// Decides what becomes of a `Location`: SDKs follow it and resend their API key, our token, to whatever host it names.
struct LocationRewriter {
    enum Outcome: Equatable {
        /// Relative and inside the destination: passes as it is.
        case unchanged
        /// Inside the destination: this path at the proxy, without the part from `suffix` on, which follows as sent.
        case rewritten(suffix: ByteRange)
        /// Leaves the destination, or could.
        case refused
    }

    let destination: Destination

    /// - Parameters:
    ///   - value: the field's value, a range of `bytes`.
    /// - Returns: for `.rewritten`, the new value is `/alias` followed by the bytes of `suffix`.
    func decide(_ value: ByteRange, in bytes: Span<UInt8>) -> Outcome {
        var at = value.lowerBound
        let end = value.upperBound
        guard at < end else { return .refused }
        for index in value.bounds where bytes[index] <= 0x20 || bytes[index] >= 0x7f || bytes[index] == UInt8(ascii: "\\") {
            return .refused
        }
        if let afterScheme = Self.scheme(bytes, value) {
            guard bytes.equals(ByteRange(at, afterScheme), lowercase: destination.scheme == .https ? "https:" : "http:") else {
                return .refused
            }
            at = afterScheme
            guard Self.begins(bytes, at, end, "//") else { return .refused }
        }
        if Self.begins(bytes, at, end, "//") {
            guard let path = authority(bytes, from: at + 2, end) else { return .refused }
            at = path
            if at == end || bytes[at] != UInt8(ascii: "/") {
                return destination.basePath == nil ? .rewritten(suffix: ByteRange(at, end)) : .refused
            }
        } else if bytes[at] != UInt8(ascii: "/") {
            return isHarmlessRelative(bytes, ByteRange(at, end)) ? .unchanged : .refused
        }
        return absolutePath(bytes, ByteRange(at, end))
    }

    /// A path from the upstream's root: it has to lie under the base path, which the proxy's paths leave out.
    private func absolutePath(_ bytes: Span<UInt8>, _ reference: ByteRange) -> Outcome {
        let path = Self.path(of: reference, bytes)
        do throws(HTTPWireError) { try PathPolicy.check(bytes, path, encodedSlashes: .allowed) } catch { return .refused }
        guard let base = destination.basePath else { return .rewritten(suffix: reference) }
        let prefix = Array(base.text.utf8)
        // Byte for byte, not decoded: what is cut off must be exactly what the proxy puts in front again.
        guard path.count >= prefix.count, bytes.equals(ByteRange(path.lowerBound, path.lowerBound + prefix.count), prefix.span),
            path.count == prefix.count || bytes[path.lowerBound + prefix.count] == UInt8(ascii: "/")
        else { return .refused }
        return .rewritten(suffix: ByteRange(reference.lowerBound + prefix.count, reference.upperBound))
    }

    /// Reads `host[:port]`; the first byte after it, or `nil` where it is not the destination's.
    private func authority(_ bytes: Span<UInt8>, from start: Int, _ end: Int) -> Int? {
        var at = start
        while at < end, !"/?#".utf8.contains(bytes[at]) { at += 1 }
        let plain = Array(destination.host.urlText.utf8)
        let withPort = plain + Array(":\(destination.port)".utf8)
        let isDefault = destination.port == (destination.scheme == .https ? 443 : 80)
        let given = (start..<at).map { bytes[$0] }.map { (65...90).contains($0) ? $0 | 32 : $0 }
        return given == withPort || (isDefault && given == plain) ? at : nil
    }

    /// A relative reference that cannot climb: no dot segments, no colon before the first slash.
    private func isHarmlessRelative(_ bytes: Span<UInt8>, _ reference: ByteRange) -> Bool {
        let path = Self.path(of: reference, bytes)
        var segmentStart = path.lowerBound
        for at in path.lowerBound...path.upperBound {
            guard at == path.upperBound || bytes[at] == UInt8(ascii: "/") else { continue }
            if Self.isDots(bytes, ByteRange(segmentStart, at)) { return false }
            segmentStart = at + 1
        }
        return true
    }

    private static func isDots(_ bytes: Span<UInt8>, _ segment: ByteRange) -> Bool {
        ["..", ".", "%2e%2e", ".%2e", "%2e.", "%2e"].contains { (candidate: StaticString) in bytes.equals(segment, lowercase: candidate) }
    }

    /// The part of a reference before query and fragment.
    private static func path(of reference: ByteRange, _ bytes: Span<UInt8>) -> ByteRange {
        var end = reference.lowerBound
        while end < reference.upperBound, bytes[end] != UInt8(ascii: "?"), bytes[end] != UInt8(ascii: "#") { end += 1 }
        return ByteRange(reference.lowerBound, end)
    }

    /// The end of `scheme:`, where the value begins with one.
    private static func scheme(_ bytes: Span<UInt8>, _ value: ByteRange) -> Int? {
        for index in value.bounds {
            switch bytes[index] {
            case UInt8(ascii: ":"): return index + 1
            case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"): return nil
            default: continue
            }
        }
        return nil
    }

    private static func begins(_ bytes: Span<UInt8>, _ at: Int, _ end: Int, _ text: StaticString) -> Bool {
        at + text.utf8CodeUnitCount <= end && bytes.equalsExactly(ByteRange(at, at + text.utf8CodeUnitCount), text)
    }
}
